// SPDX-License-Identifier: MIT
// expect: parley: this handler does not take what the contract of its event carries
#include <parley/server.hpp>

inline constexpr parley::Event<int(int, int)> add{"add"};

void misuse(parley::Server& io) {
    io.on(add, [](int number) { return number; });
}
