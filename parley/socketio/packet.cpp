// SPDX-License-Identifier: MIT
#include "parley/socketio/packet.hpp"

#include <limits>

#include "parley/base/text.hpp"
#include "parley/base/utf8.hpp"
#include "parley/json/writer.hpp"

namespace parley::socketio {
namespace {

constexpr std::uint64_t too_large = std::numeric_limits<std::uint64_t>::max();

// The digits at the front of `rest`, which loses them. A megabyte of them costs one pass: what does not fit becomes
// `too_large`.
struct Number {
    std::uint64_t value = 0;
    bool is_there = false;
};

Number take_number(std::string_view& rest) {
    Number number;
    std::size_t size = 0;
    for (; size < rest.size() && is_digit(rest[size]); ++size) {
        const auto digit = static_cast<std::uint64_t>(rest[size] - '0');
        if (number.value > (too_large - digit) / 10) {
            number.value = too_large;
        } else {
            number.value = number.value * 10 + digit;
        }
    }
    number.is_there = size > 0;
    rest.remove_prefix(size);
    return number;
}

bool is_binary(PacketType type) {
    return type == PacketType::binary_event || type == PacketType::binary_ack;
}

std::expected<void, Failure> take_attachment_count(std::string_view& rest, Packet& packet, const Limits& limits) {
    const Number count = take_number(rest);
    if (!count.is_there || count.value == 0 || !rest.starts_with('-')) return malformed("illegal attachments");
    if (count.value > limits.attachments_max) return over_limit("too many attachments");
    rest.remove_prefix(1);
    packet.attachment_count = static_cast<std::size_t>(count.value);
    return {};
}

std::expected<void, Failure> take_namespace(std::string_view& rest, Packet& packet, const Limits& limits) {
    if (!rest.starts_with('/')) return {};
    packet.namespace_name = take_until(rest, ',');
    if (packet.namespace_name.size() > limits.namespace_bytes_max) return over_limit("namespace too long");
    if (!is_valid_utf8(packet.namespace_name)) return malformed("invalid namespace");
    return {};
}

std::expected<void, Failure> take_ack_id(std::string_view& rest, Packet& packet) {
    const Number id = take_number(rest);
    if (!id.is_there) return {};
    if (id.value > ack_id_max) return malformed("invalid ack id");
    packet.ack_id = id.value;
    return {};
}

// A payload begins at once: the reference would take a space here for the ack id zero.
bool may_begin_payload(char c) {
    return c == '[' || c == '{' || c == '"';
}

PacketType binary_form(PacketType type) {
    if (type == PacketType::event) return PacketType::binary_event;
    if (type == PacketType::ack) return PacketType::binary_ack;
    return type;
}

char digit_of(PacketType type) {
    return static_cast<char>('0' + static_cast<int>(type));
}

}  // namespace

std::expected<Packet, Failure> scan_packet(std::string_view text, const Limits& limits) {
    if (text.empty()) return malformed("empty packet");
    if (text.front() < '0' || text.front() > '6') return malformed("unknown packet type");
    Packet packet;
    packet.type = static_cast<PacketType>(text.front() - '0');
    std::string_view rest = text.substr(1);
    if (is_binary(packet.type)) {
        if (auto taken = take_attachment_count(rest, packet, limits); !taken) return std::unexpected(taken.error());
    }
    if (auto taken = take_namespace(rest, packet, limits); !taken) return std::unexpected(taken.error());
    if (auto taken = take_ack_id(rest, packet); !taken) return std::unexpected(taken.error());
    if (!rest.empty() && !may_begin_payload(rest.front())) return malformed("invalid payload");
    packet.data = rest;
    return packet;
}

void append_packet(std::string& out, const Packet& packet) {
    if (packet.attachment_count == 0) {
        out += digit_of(packet.type);
    } else {
        out += digit_of(binary_form(packet.type));
        append_decimal(out, packet.attachment_count);
        out += '-';
    }
    if (packet.namespace_name != "/") {
        out += packet.namespace_name;
        out += ',';
    }
    if (packet.ack_id) append_decimal(out, *packet.ack_id);
    out += packet.data;
}

void append_connect(std::string& out, std::string_view namespace_name, std::string_view sid) {
    append_packet(out, Packet{.type = PacketType::connect, .namespace_name = namespace_name});
    JsonWriter writer(out);
    writer.begin_object();
    writer.key("sid");
    writer.value(sid);
    writer.end_object();
}

void append_connect_error(std::string& out, std::string_view namespace_name, std::string_view message,
                          std::string_view data_json) {
    append_packet(out, Packet{.type = PacketType::connect_error, .namespace_name = namespace_name});
    JsonWriter writer(out);
    writer.begin_object();
    writer.key("message");
    writer.value(message);
    if (!data_json.empty()) {
        writer.key("data");
        writer.raw(data_json);
    }
    writer.end_object();
}

void append_disconnect(std::string& out, std::string_view namespace_name) {
    append_packet(out, Packet{.type = PacketType::disconnect, .namespace_name = namespace_name});
}

bool is_namespace_name(std::string_view name) {
    return name.starts_with('/') && name.find(',') == std::string_view::npos && is_valid_utf8(name);
}

}  // namespace parley::socketio
