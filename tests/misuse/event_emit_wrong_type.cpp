// SPDX-License-Identifier: MIT
// expect: parley: the arguments of this emit are not those in the contract of its event
#include <parley/server.hpp>

inline constexpr parley::Event<int(int, int)> add{"add"};

void misuse(parley::Server& io) {
    io.to("room").emit(add, 1, "two");
}
