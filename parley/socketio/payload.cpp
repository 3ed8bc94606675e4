// SPDX-License-Identifier: MIT
#include "parley/socketio/payload.hpp"

#include <optional>
#include <string_view>

#include "parley/json/reader.hpp"
#include "parley/socketio/decoder.hpp"
#include "parley/socketio/reserved_events.hpp"

namespace parley::socketio {
namespace {

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

// The first element of `data`, which is valid JSON and an array, as an event's name. A number keeps its spelling.
std::expected<void, Failure> read_event_name(DecodedPacket& packet, const Limits& limits, std::string& scratch) {
    JsonReader reader(packet.data);
    if (!reader.begin_array() || !reader.next_element()) return malformed("invalid payload");
    const JsonReader::Kind kind = reader.peek();
    if (kind != JsonReader::Kind::string && kind != JsonReader::Kind::number) return malformed("invalid payload");
    const std::string_view text = reader.raw_value();
    packet.arguments_at = static_cast<std::size_t>(text.data() + text.size() - packet.data.data());
    std::string_view name = kind == JsonReader::Kind::string ? text.substr(1, text.size() - 2) : text;
    if (name.contains('\\')) {
        JsonReader(text).read(scratch);
        name = scratch;
    }
    if (is_reserved_event(name)) return malformed("invalid payload");
    if (name.size() > limits.event_name_bytes_max) return over_limit("event name too long");
    packet.event_name = name;
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
    return is_event ? read_event_name(packet, limits, scratch) : std::expected<void, Failure>();
}

}  // namespace parley::socketio
