// SPDX-License-Identifier: MIT
// expect: parley: a message handler of a WebSocket takes (WebSocketMessage), (std::string_view) or (std::string), or a
// WebSocket before that
#include <parley/web.hpp>

void misuse(parley::WebSocket socket) {
    socket.on_message([](std::string text, parley::WebSocket from) { from.send(text); });
}
