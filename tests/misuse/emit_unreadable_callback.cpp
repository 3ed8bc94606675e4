// SPDX-License-Identifier: MIT
// expect: parley: the callback of an acknowledgement takes the values it carries, or one Result<T>
#include <parley/server.hpp>

void misuse(parley::Socket socket) {
    socket.emit("name?", [](const char* name) { static_cast<void>(name); });
}
