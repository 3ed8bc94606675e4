// SPDX-License-Identifier: MIT
// expect: parley: a parameter of this handler cannot be read from an event; take Json, bool, a number, std::string,
// Bytes, std::optional, std::vector, or a struct that lists its members with PARLEY_JSON_FIELDS
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.on("chat message", [](const char* text) { static_cast<void>(text); });
}
