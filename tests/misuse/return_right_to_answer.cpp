// SPDX-License-Identifier: MIT
// expect: parley: what this function returns would be lost, and a path without a return would be undefined: let it
// return nothing, as in { socket.emit(...); return; }
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.on("x", [](parley::Ack ack) { return ack; });
}
