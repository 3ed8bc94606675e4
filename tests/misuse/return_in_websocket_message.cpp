// SPDX-License-Identifier: MIT
// expect: parley: what this function returns would be lost, and a path without a return would be undefined: let it
// return nothing, as in { socket.emit(...); return; }
#include <parley/web.hpp>

void misuse(parley::WebSocketServer& server) {
    server.on_message([](parley::WebSocket socket, std::string text) { return socket.send(text); });
}
