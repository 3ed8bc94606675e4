// SPDX-License-Identifier: MIT
// expect: parley: Arguments are all that are left of an acknowledgement, so they are the last parameter
#include <parley/server.hpp>

void misuse(parley::Socket socket) {
    socket.emit("question", [](parley::Arguments, int) {});
}
