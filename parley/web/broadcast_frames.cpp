// SPDX-License-Identifier: MIT
#include "parley/web/broadcast_frames.hpp"

namespace parley::web {

bool BroadcastFrames::send_compressed(WebSocketConnection& connection) {
    const websocket::DeflateExtension& deflate = *connection.deflate();
    if (message_.compress == websocket::Compress::no || !deflate.is_worth(message_.octets))
        return connection.send_encoded(message_.frame);
    if (!deflate.is_shared()) {
        return message_.opcode == websocket::Opcode::binary ? connection.send_binary(message_.payload())
                                                            : connection.send_text(message_.payload());
    }
    SharedBuffer& made = compressed_[websocket::DeflatePool::place_of(deflate.window_bits())];
    if (made.empty()) {
        const std::optional<std::string_view> payload =
            deflate.pool().compress({}, message_.payload(), deflate.window_bits());
        if (!payload) return connection.send_encoded(message_.frame);
        made = SharedBuffer::build(websocket::frame_size(payload->size()), [&](char* octets) {
            websocket::write_frame(octets, websocket::with_rsv1(message_.opcode), *payload);
        });
    }
    return connection.send_encoded(made);
}

}  // namespace parley::web
