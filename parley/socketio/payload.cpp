// SPDX-License-Identifier: MIT
#include "parley/socketio/payload.hpp"

#include <optional>

#include "parley/json/reader.hpp"
#include "parley/socketio/decoder.hpp"
#include "parley/socketio/reserved_events.hpp"

namespace parley::socketio {
namespace {

constexpr std::string_view white_space = " \t\r\n";

std::unexpected<Failure> malformed(std::string_view reason) {
    return std::unexpected(Failure{FailureKind::malformed, reason});
}

std::unexpected<Failure> over_limit(std::string_view reason) {
    return std::unexpected(Failure{FailureKind::limit, reason});
}

// Whether a payload that begins with `first` ('\0': there is none) suits the type.
bool shape_fits(PacketType type, char first) {
    switch (type) {
        case PacketType::connect:
            return first == '\0' || first == '{';
        case PacketType::disconnect:
            return first == '\0';
        case PacketType::event:
        case PacketType::ack:
            return first == '\0' || first == '[';
        case PacketType::connect_error:
            return first == '"' || first == '{';
        case PacketType::binary_event:
        case PacketType::binary_ack:
            return first == '[';
    }
    return false;
}

std::expected<void, Failure> check_json(const DecodedPacket& packet, const Limits& limits) {
    const bool is_binary = packet.attachment_count > 0;
    const JsonLimits json_limits{.depth_max = limits.json_depth_max};
    const auto count = is_binary ? std::optional(packet.attachment_count) : std::nullopt;
    const auto valid = validate_json(packet.data, json_limits, count);
    if (valid) return {};
    if (valid.error().code == ErrorCode::limit_exceeded) return over_limit("payload too deep");
    // Only a good text can have bad placeholders; asking again is cheap where it happens once per connection.
    if (is_binary && validate_json(packet.data, json_limits)) return malformed("illegal attachments");
    return malformed("invalid payload");
}

// The first element of `data`, which is valid JSON and an array, as an event's name; nothing when it is none. A number
// keeps its spelling.
std::optional<std::string_view> find_event_name(std::string_view data, std::string& scratch) {
    const std::size_t begin = data.find_first_not_of(white_space, 1);
    const char first = data[begin];
    if (first == '-' || (first >= '0' && first <= '9')) {
        return data.substr(begin, data.find_first_of(", \t\r\n]", begin) - begin);
    }
    if (first != '"') return std::nullopt;
    const std::size_t end = data.find_first_of("\"\\", begin + 1);
    if (data[end] == '"') return data.substr(begin + 1, end - begin - 1);

    JsonReader reader(data);
    const bool is_read = reader.begin_array() && reader.next_element() && reader.read(scratch);
    return is_read ? std::optional<std::string_view>(scratch) : std::nullopt;
}

std::expected<void, Failure> check_event_name(DecodedPacket& packet, const Limits& limits, std::string& scratch) {
    const std::optional<std::string_view> name = find_event_name(packet.data, scratch);
    if (!name || is_reserved_event(*name)) return malformed("invalid payload");
    if (name->size() > limits.event_name_bytes_max) return over_limit("event name too long");
    packet.event_name = *name;
    return {};
}

}  // namespace

std::expected<void, Failure> check_payload(DecodedPacket& packet, const Limits& limits, std::string& scratch) {
    if (!shape_fits(packet.type, packet.data.empty() ? '\0' : packet.data.front())) return malformed("invalid payload");
    if (packet.data.empty()) {
        // As the official decoder: an event without a payload has neither name nor arguments, an ack no arguments.
        if (packet.type == PacketType::event || packet.type == PacketType::ack) packet.data = "[]";
        return {};
    }
    if (auto checked = check_json(packet, limits); !checked) return checked;
    const bool is_event = packet.type == PacketType::event || packet.type == PacketType::binary_event;
    return is_event ? check_event_name(packet, limits, scratch) : std::expected<void, Failure>();
}

}  // namespace parley::socketio
