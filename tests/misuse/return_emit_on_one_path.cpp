// SPDX-License-Identifier: MIT
// expect: parley: a handler returns its answer, and whether something was sent is none: return what the client gets, or
// nothing, as in { socket.emit(...); return; }
#include <parley/server.hpp>

void misuse(parley::Socket socket) {
    socket.on("x", [socket](int number) {
        if (number == 2) return socket.emit("no");
        socket.emit("yes");
    });
}
