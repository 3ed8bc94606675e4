// SPDX-License-Identifier: MIT
#include "parley/engine/encoded_packet.hpp"

#include <cstring>
#include <utility>

#include "parley/engineio/packet.hpp"
#include "parley/engineio/payload.hpp"
#include "parley/websocket/frame.hpp"

namespace parley::engine {

namespace {

constexpr char message_type = engineio::to_char(engineio::PacketType::message);

char* write(char* out, std::string_view octets) {
    std::memcpy(out, octets.data(), octets.size());
    return out + octets.size();
}

}  // namespace

EncodedPacket::EncodedPacket(std::string text, std::vector<SharedBuffer> attachments)
    : text_(std::move(text)), attachments_(std::move(attachments)) {}

const SharedBuffer& EncodedPacket::websocket_frames() const {
    if (!websocket_frames_.empty()) return websocket_frames_;
    const std::size_t text_size = text_.size() + 1;
    std::size_t size = websocket::frame_size(text_size);
    for (const SharedBuffer& attachment : attachments_)
        size += websocket::frame_size(attachment.size());
    websocket_frames_ = SharedBuffer::build(size, [&](char* out) {
        out = websocket::write_frame_header(out, websocket::Opcode::text, text_size);
        *out++ = message_type;
        out = write(out, text_);
        for (const SharedBuffer& attachment : attachments_)
            out = websocket::write_frame(out, websocket::Opcode::binary, attachment.view());
    });
    return websocket_frames_;
}

const SharedBuffer& EncodedPacket::polling_records() const {
    if (!polling_records_.empty()) return polling_records_;
    std::string records;
    engineio::append_record(records, {engineio::PacketType::message, text_, false});
    for (const SharedBuffer& attachment : attachments_) {
        records.push_back(engineio::record_separator);
        engineio::append_record(records, {engineio::PacketType::message, attachment.view(), true});
    }
    polling_records_ = SharedBuffer(records);
    return polling_records_;
}

}  // namespace parley::engine
