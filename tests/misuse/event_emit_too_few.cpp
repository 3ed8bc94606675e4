// SPDX-License-Identifier: MIT
// expect: parley: the arguments of this emit are not those in the contract of its event
#include <parley/server.hpp>

inline constexpr parley::Event<int(int, int)> add{"add"};

void misuse(parley::Socket socket) {
    socket.emit(add, 1);
}
