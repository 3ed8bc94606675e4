// SPDX-License-Identifier: MIT
// expect: parley: a number of this emit may not fit the type in the contract of its event; convert it yourself, as in
// static_cast<int>(value)
#include <parley/server.hpp>

inline constexpr parley::Event<int(int, int)> add{"add"};

void misuse(parley::Socket socket) {
    socket.emit(add, 1.9, 2);
}
