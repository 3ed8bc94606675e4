// SPDX-License-Identifier: MIT
#include "apps/parley/bench_packets.hpp"

#include <utility>

#include "parley/base/text.hpp"
#include "parley/json.hpp"
#include "parley/json/writer.hpp"
#include "parley/socketio/packet.hpp"

namespace parley {

using socketio::Packet;
using socketio::PacketType;
using Kind = BenchPacket::Kind;

BenchPackets::BenchPackets(std::string nsp, std::string_view answer, std::size_t bytes)
    : nsp_(std::move(nsp)), answer_name_(answer), answer_head_(event(answer)), bytes_(bytes) {
    socketio::append_packet(ack_head_, {.type = PacketType::ack, .namespace_name = nsp_});
}

void BenchPackets::append_connect(std::string& out, std::string_view auth_json) const {
    socketio::append_packet(out, {.type = PacketType::connect, .namespace_name = nsp_, .data = auth_json});
}

std::string BenchPackets::event(std::string_view name, std::optional<std::string_view> room) const {
    std::string head = before_id() + "[";
    JsonWriter(head).value(name);
    head += ",";
    if (room) {
        JsonWriter(head).value(*room);
        head += ",";
    }
    return head + "\"";
}

std::string BenchPackets::before_id() const {
    std::string head;
    socketio::append_packet(head, {.type = PacketType::event, .namespace_name = nsp_});
    return head;
}

std::string BenchPackets::behind_id(std::string_view name) {
    std::string head = "[";
    JsonWriter(head).value(name);
    return head + ",\"";
}

// An answer of the expected size has nothing escaped in it: what has is longer than what it means.
BenchPacket BenchPackets::read(std::string_view text) {
    const std::size_t size = answer_head_.size() + bytes_ + 2;
    if (text.size() == size && text.starts_with(answer_head_) && text.ends_with("\"]")) {
        return {.kind = Kind::answer, .text = text.substr(answer_head_.size(), bytes_)};
    }
    if (text.starts_with(ack_head_) && text.size() > bytes_ + 4 && text.ends_with("\"]")) {
        const std::size_t payload = text.size() - 2 - bytes_;
        const auto id = parse_decimal(text.substr(ack_head_.size(), payload - 2 - ack_head_.size()));
        if (id && text.substr(payload - 2, 2) == "[\"") {
            return {.kind = Kind::ack, .text = text.substr(payload, bytes_), .id = *id};
        }
    }
    return read_slowly(text);
}

BenchPacket BenchPackets::read_slowly(std::string_view text) {
    const auto packet = socketio::scan_packet(text);
    if (!packet) return {.kind = Kind::broken};
    if (packet->namespace_name != nsp_) return {.kind = Kind::other};
    switch (packet->type) {
        case PacketType::connect:
            return {.kind = Kind::connected};
        case PacketType::connect_error: {
            const Result<Json> data = parse_json(packet->data);
            held_ = data ? (*data)["message"].get_or("") : "";
            return {.kind = Kind::refused, .text = held_};
        }
        case PacketType::disconnect:
            return {.kind = Kind::disconnected};
        case PacketType::ack:
            return {.kind = Kind::ack, .text = first_text(packet->data, 0), .id = packet->ack_id.value_or(0)};
        case PacketType::event: {
            const Result<Json> data = parse_json(packet->data);
            if (!data) return {.kind = Kind::broken};
            if ((*data)[std::size_t{0}].as_string() != answer_name_) return {.kind = Kind::other};
            return {.kind = Kind::answer, .text = first_text(packet->data, 1)};
        }
        case PacketType::binary_event:
        case PacketType::binary_ack:
            break;
    }
    return {.kind = Kind::other};
}

std::string_view BenchPackets::first_text(std::string_view data, std::size_t at) {
    const Result<Json> values = parse_json(data);
    held_ = values ? (*values)[at].get_or("") : "";
    return held_;
}

}  // namespace parley
