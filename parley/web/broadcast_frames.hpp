// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "parley/base/shared_buffer.hpp"
#include "parley/web/websocket_connection.hpp"
#include "parley/websocket/connection.hpp"
#include "parley/websocket/frame.hpp"

namespace parley::web {

/// One message for all connections of all loops: its frame as it is, which they share.
struct BroadcastMessage {
    SharedBuffer frame;
    std::size_t octets = 0;  ///< of its payload
    websocket::Opcode opcode = websocket::Opcode::text;
    websocket::Compress compress = websocket::Compress::yes;

    [[nodiscard]] std::string_view payload() const noexcept {
        return frame.view().substr(websocket::frame_header_size(octets));
    }
};

/// The same message on its way to the connections of one loop: compressed once for all with the same window that keep
/// no context, and by each of those that do.
class BroadcastFrames {
 public:
    explicit BroadcastFrames(const BroadcastMessage& message) noexcept : message_(message) {}

    /// Sends it. False: the connection is closing or closed, or the peer too far behind.
    bool send(WebSocketConnection& connection) {
        return connection.deflate() == nullptr ? connection.send_encoded(message_.frame) : send_compressed(connection);
    }

 private:
    bool send_compressed(WebSocketConnection& connection);

    const BroadcastMessage& message_;
    std::array<SharedBuffer, websocket::DeflatePool::windows> compressed_;  // made when first needed
};

}  // namespace parley::web
