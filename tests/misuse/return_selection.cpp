// SPDX-License-Identifier: MIT
// expect: parley: a value of this type cannot be sent
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.on("x", [](parley::Socket socket) { return socket.to("room"); });
}
