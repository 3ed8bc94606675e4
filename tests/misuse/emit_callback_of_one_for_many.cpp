// SPDX-License-Identifier: MIT
// expect: parley: the callback of a broadcast takes std::vector<T>, Result<std::vector<T>>, or (Result<void>,
// std::vector<T>)
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.emit("name?", [](std::string name) { static_cast<void>(name); });
}
