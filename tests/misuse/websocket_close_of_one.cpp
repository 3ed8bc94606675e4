// SPDX-License-Identifier: MIT
// expect: parley: a close handler of a WebSocket takes (int code, std::string_view reason), (int code) or nothing, or a
// WebSocket before that
#include <parley/web.hpp>

void misuse(parley::WebSocket socket) {
    socket.on_close([](std::string_view reason) { static_cast<void>(reason); });
}
