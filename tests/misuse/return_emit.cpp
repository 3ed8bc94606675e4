// SPDX-License-Identifier: MIT
// expect: parley: a handler returns its answer, and whether something was sent is none: return what the client gets, or
// nothing, as in { socket.emit(...); return; }
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.on("x", [](parley::Socket socket, int) { return socket.emit("x"); });
}
