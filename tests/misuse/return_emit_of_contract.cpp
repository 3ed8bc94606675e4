// SPDX-License-Identifier: MIT
// expect: parley: a handler returns its answer, and whether something was sent is none: return what the client gets, or
// nothing, as in { socket.emit(...); return; }
#include <parley/server.hpp>

inline constexpr parley::Event<bool(int)> ask{"ask"};

void misuse(parley::Server& io) {
    io.on(ask, [](parley::Socket socket, int number) { return socket.emit("x", number); });
}
