// SPDX-License-Identifier: MIT
// expect: parley: a handler must be a function or a lambda with spelled-out parameter types (not auto): they say what
// the event carries
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.on_connection(
        [](parley::Socket socket) { socket.on("add", [](int first, auto second) { return first + second; }); });
}
