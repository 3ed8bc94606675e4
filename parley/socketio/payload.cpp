// SPDX-License-Identifier: MIT
#include "parley/socketio/payload.hpp"

#include <optional>
#include <string_view>

#include "parley/base/reserved_events.hpp"
#include "parley/json/reader.hpp"
#include "parley/socketio/decoder.hpp"

namespace parley::socketio {
namespace {

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

// What is wrong with a text that `reader` failed on, or that something follows.
std::unexpected<Failure> describe(const JsonReader& reader, const DecodedPacket& packet, const JsonLimits& limits) {
    if (reader.error().code == ErrorCode::limit_exceeded) return over_limit("payload too deep");
    // Only a good text can have bad placeholders; asking again is cheap where it happens once per connection.
    const bool has_attachments = packet.attachment_count > 0;
    return malformed(has_attachments && validate_json(packet.data, limits) ? "illegal attachments" : "invalid payload");
}

// Reads over the first element of an array: an event's name, as it is spelled there. False when it can be none.
bool read_name(JsonReader& reader, std::string_view& text) {
    if (!reader.next_element()) return false;
    const JsonReader::Kind kind = reader.peek();
    if (kind != JsonReader::Kind::string && kind != JsonReader::Kind::number) return false;
    text = reader.raw_value();
    return !reader.failed();
}

// A number keeps its spelling.
std::expected<void, Failure> take_name(DecodedPacket& packet, std::string_view text, const Limits& limits,
                                       std::string& scratch) {
    std::string_view name = text.starts_with('"') ? text.substr(1, text.size() - 2) : text;
    if (name.contains('\\')) {
        JsonReader(text).read(scratch);
        name = scratch;
    }
    if (is_reserved_event(name)) return malformed("invalid payload");
    if (name.size() > limits.event_name_bytes_max) return over_limit("event name too long");
    packet.event_name = name;
    packet.arguments_at = static_cast<std::size_t>(text.data() + text.size() - packet.data.data());
    return {};
}

// An event's or an ack's array, in one walk.
std::expected<void, Failure> check_array(DecodedPacket& packet, const Limits& limits, std::string& scratch) {
    const JsonLimits json_limits{.depth_max = limits.json_depth_max};
    const bool is_event = packet.type == PacketType::event || packet.type == PacketType::binary_event;
    const auto count = packet.attachment_count > 0 ? std::optional(packet.attachment_count) : std::nullopt;
    JsonReader reader(packet.data, {}, json_limits);
    std::string_view name;
    reader.begin_array();
    if (is_event && !read_name(reader, name) && !reader.failed()) return malformed("invalid payload");
    while (reader.next_element())
        reader.skip_value(count);
    if (!reader.at_end()) return describe(reader, packet, json_limits);
    return is_event ? take_name(packet, name, limits, scratch) : std::expected<void, Failure>();
}

}  // namespace

std::expected<void, Failure> check_payload(DecodedPacket& packet, const Limits& limits, std::string& scratch) {
    if (!shape_fits(packet.type, packet.data.empty() ? '\0' : packet.data.front())) return malformed("invalid payload");
    if (packet.data.empty()) {
        // As the official decoder: an event without a payload has neither name nor arguments, an ack no arguments.
        if (packet.type == PacketType::event || packet.type == PacketType::ack) packet.data = "[]";
        return {};
    }
    if (packet.data.front() == '[') return check_array(packet, limits, scratch);
    const JsonLimits json_limits{.depth_max = limits.json_depth_max};
    JsonReader reader(packet.data, {}, json_limits);
    if (!reader.skip_value() || !reader.at_end()) return describe(reader, packet, json_limits);
    return {};
}

}  // namespace parley::socketio
