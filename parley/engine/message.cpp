// SPDX-License-Identifier: MIT
#include "parley/engine/message.hpp"

#include <cstring>
#include <new>
#include <optional>
#include <string_view>
#include <type_traits>

#include "parley/engineio/payload.hpp"
#include "parley/websocket/frame.hpp"

namespace parley::engine {

namespace {

void append_all(std::string& payload, std::span<const engineio::Packet> packets) {
    const std::size_t begin = payload.size();
    for (const engineio::Packet& packet : packets) {
        if (payload.size() > begin) payload.push_back(engineio::record_separator);
        engineio::append_record(payload, packet);
    }
}

char* write(char* out, std::string_view octets) {
    if (!octets.empty()) std::memcpy(out, octets.data(), octets.size());
    return out + octets.size();
}

}  // namespace

static_assert(alignof(KeptMessage) >= alignof(engineio::Packet));
static_assert(std::is_trivially_destructible_v<engineio::Packet>);

Reference<KeptMessage> KeptMessage::make(std::span<const engineio::Packet> packets) {
    std::size_t octets = 0;
    for (const engineio::Packet& packet : packets)
        octets += packet.data.size();
    void* const memory = ::operator new(sizeof(KeptMessage) + packets.size_bytes() + octets);
    auto* const made = ::new (memory) KeptMessage;
    auto* const kept = reinterpret_cast<engineio::Packet*>(made + 1);
    char* out = reinterpret_cast<char*>(kept + packets.size());
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const engineio::Packet& packet = packets[i];
        ::new (kept + i) engineio::Packet{packet.type, {out, packet.data.size()}, packet.is_binary, packet.compress};
        out = write(out, packet.data);
        made->has_binary_ = made->has_binary_ || packet.is_binary;
        made->size_ += engineio::record_size(packet) + (i > 0 ? 1 : 0);
    }
    made->packets_ = {kept, packets.size()};
    return Reference<KeptMessage>(made);
}

void KeptMessage::destroy(KeptMessage* message) noexcept {
    message->~KeptMessage();
    ::operator delete(message);
}

void KeptMessage::append_records(std::string& payload) const {
    if (!has_binary_ || references_ == 1) return append_all(payload, packets_);
    if (records_.empty()) {
        std::string records;
        append_all(records, packets_);
        records_ = SharedBuffer(records);
    }
    payload.append(records_.view());
}

const SharedBuffer& MessageForms::make_frames(std::span<const engineio::Packet> packets, const Wire& wire) {
    std::size_t size = 0;
    for (const engineio::Packet& packet : packets) {
        const bool is_raw = packet.is_binary && wire.takes_binary;
        size += websocket::frame_size(is_raw ? packet.data.size() : engineio::record_size(packet));
    }
    SharedBuffer& made = frames_[wire.takes_binary ? 1 : 0];
    made = SharedBuffer::build(size, [&](char* out) {
        std::string record;
        for (const engineio::Packet& packet : packets) {
            if (packet.is_binary && wire.takes_binary) {
                out = websocket::write_frame(out, websocket::Opcode::binary, packet.data);
            } else if (packet.is_binary) {
                record.clear();
                engineio::append_record(record, packet);
                out = websocket::write_frame(out, websocket::Opcode::text, record);
            } else {
                out = websocket::write_frame_header(out, websocket::Opcode::text, packet.data.size() + 1);
                *out++ = engineio::to_char(packet.type);
                out = write(out, packet.data);
            }
        }
    });
    return made;
}

const SharedBuffer& MessageForms::compressed_frames(std::span<const engineio::Packet> packets, const Wire& wire,
                                                    const websocket::DeflateExtension& deflate) {
    if (compressed_ == nullptr) compressed_ = std::make_unique<std::array<Frames, websocket::DeflatePool::windows>>();
    SharedBuffer& made =
        (*compressed_)[websocket::DeflatePool::place_of(deflate.window_bits())][wire.takes_binary ? 1 : 0];
    if (!made.empty()) return made;
    std::string frames;
    const auto append_frame = [&frames](websocket::Opcode opcode, std::string_view payload) {
        const std::size_t at = frames.size();
        frames.resize(at + websocket::frame_size(payload.size()));
        websocket::write_frame(frames.data() + at, opcode, payload);
    };
    std::string record;
    for (const engineio::Packet& packet : packets) {
        const bool is_raw = packet.is_binary && wire.takes_binary;
        record.clear();
        if (!is_raw) engineio::append_record(record, packet);
        const std::string_view octets = is_raw ? packet.data : record;
        const websocket::Opcode opcode = is_raw ? websocket::Opcode::binary : websocket::Opcode::text;
        std::optional<std::string_view> payload;
        if (is_worth_compressing(packet, deflate)) payload = deflate.pool().compress({}, octets, deflate.window_bits());
        if (payload) {
            append_frame(websocket::with_rsv1(opcode), *payload);
        } else {
            append_frame(opcode, octets);
        }
    }
    made = SharedBuffer(frames);
    return made;
}

const Reference<KeptMessage>& MessageForms::kept(std::span<const engineio::Packet> packets) {
    if (!kept_) kept_ = KeptMessage::make(packets);
    return kept_;
}

void MessageForms::make_all(std::span<const engineio::Packet> packets) {
    for (const Wire& wire : {Wire{.takes_binary = false}, Wire{.takes_binary = true}})
        static_cast<void>(frames(packets, wire));
    static_cast<void>(kept(packets));
}

}  // namespace parley::engine
