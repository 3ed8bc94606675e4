// SPDX-License-Identifier: MIT
// expect: parley: what this handler returns would be lost, and a path without a return would be undefined: let it
// return nothing, as in { socket.emit(...); return; }
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.on_connection([](parley::Socket socket) { return socket.emit("welcome"); });
}
