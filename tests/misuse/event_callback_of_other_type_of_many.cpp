// SPDX-License-Identifier: MIT
// expect: parley: the callback of this emit does not take what the contract of its event answers
#include <parley/server.hpp>

inline constexpr parley::Event<int(int, int)> add{"add"};

void misuse(parley::Server& io) {
    io.emit(add, 1, 2, [](std::vector<std::string> sums) { static_cast<void>(sums); });
}
