// SPDX-License-Identifier: MIT
// expect: parley: a message handler takes (WebSocket, WebSocketMessage), (WebSocket, std::string_view) or (WebSocket,
// std::string)
#include <parley/web.hpp>

void misuse(parley::WebSocketServer& server) {
    server.on_message([](parley::WebSocket socket, parley::Bytes bytes) { socket.send_binary(bytes); });
}
