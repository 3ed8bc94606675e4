// SPDX-License-Identifier: MIT
// expect: parley: a message handler of a WebSocket takes (WebSocketMessage), (std::string_view) or (std::string)
#include <parley/web.hpp>

void misuse(parley::WebSocket socket) {
    socket.on_message([](parley::WebSocket from, std::string text) { from.send(text); });
}
