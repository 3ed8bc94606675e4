// SPDX-License-Identifier: MIT
// expect: parley: one event name stands here, without braces; call it once for each
#include <parley/server.hpp>

void misuse(parley::Socket socket) {
    socket.emit({"one", "two"}, 1);
}
