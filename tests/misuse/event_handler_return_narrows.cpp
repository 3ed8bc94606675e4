// SPDX-License-Identifier: MIT
// expect: parley: this handler does not return what the contract of its event answers
#include <parley/server.hpp>

inline constexpr parley::Event<int(int, int)> add{"add"};

void misuse(parley::Server& io) {
    io.on(add, [](int first, int second) { return 0.5 * first + second; });
}
