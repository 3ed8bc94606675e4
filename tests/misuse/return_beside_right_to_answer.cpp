// SPDX-License-Identifier: MIT
// expect: parley: what this function returns would be lost, and a path without a return would be undefined: let it
// return nothing, as in { socket.emit(...); return; }
#include <parley/server.hpp>

inline constexpr parley::Event<int(int)> add{"add"};

void misuse(parley::Server& io) {
    io.on(add, [](int number, parley::Ack) { return number; });
}
