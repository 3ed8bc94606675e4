// SPDX-License-Identifier: MIT
// expect: parley: the callback of an acknowledgement takes the values it carries, one Result<T>, or Result<void> and
// the values
#include <parley/server.hpp>

void misuse(parley::Socket socket) {
    socket.emit("name?", [](const char* name) { static_cast<void>(name); });
}
