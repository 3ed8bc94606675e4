// SPDX-License-Identifier: MIT
// expect: parley: a middleware of a namespace takes (Socket, SocketNext)
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.use([](parley::Socket socket) { socket.join("everybody"); });
}
