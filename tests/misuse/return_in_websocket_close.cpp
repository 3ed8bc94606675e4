// SPDX-License-Identifier: MIT
// expect: parley: what this function returns would be lost, and a path without a return would be undefined: let it
// return nothing, as in { socket.emit(...); return; }
#include <parley/web.hpp>

void misuse(parley::WebSocketServer& server, parley::WebSocket socket) {
    socket.on_close([&server] { return server.broadcast("somebody left"); });
}
