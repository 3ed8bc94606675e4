// SPDX-License-Identifier: MIT
// expect: parley: a value of this type cannot be sent; send Json, bool, a number, a string, Bytes, std::optional,
// std::vector, or a struct that lists its members with PARLEY_JSON_FIELDS; a callback comes last and spells out its
// parameter types
#include <parley/server.hpp>

void misuse(parley::Socket socket, const int& score) {
    socket.emit("score", &score);
}
