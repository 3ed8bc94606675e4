// SPDX-License-Identifier: MIT
// expect: parley: a parameter of this handler cannot be read from an event; take Json, bool, a number, std::string,
// Bytes, std::optional, std::vector, or a struct that lists its members with PARLEY_JSON_FIELDS
#include <parley/server.hpp>

struct Point {
    int x = 0;
    int y = 0;
};

void misuse(parley::Server& io) {
    io.on("move", [](parley::Socket, Point to) { static_cast<void>(to); });
}
