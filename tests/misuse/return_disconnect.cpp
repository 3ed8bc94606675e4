// SPDX-License-Identifier: MIT
// expect: parley: a handler returns its answer, and whether something was sent is none: return what the client gets, or
// nothing, as in { socket.emit(...); return; }
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.once("x", [](parley::Socket socket) { return socket.disconnect(); });
}
