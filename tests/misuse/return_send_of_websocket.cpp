// SPDX-License-Identifier: MIT
// expect: parley: a handler returns its answer, and whether something was sent is none: return what the client gets, or
// nothing, as in { socket.emit(...); return; }
#include <parley/server.hpp>
#include <parley/web.hpp>

void misuse(parley::Server& io, parley::WebSocket socket) {
    io.on("x", [socket](std::string text) { return socket.send(text); });
}
