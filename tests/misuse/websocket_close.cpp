// SPDX-License-Identifier: MIT
// expect: parley: a close handler takes (WebSocket, int code, std::string_view reason), (WebSocket, int code),
// (WebSocket) or nothing
#include <parley/web.hpp>

void misuse(parley::WebSocketServer& server) {
    server.on_close([](std::string_view reason) { static_cast<void>(reason); });
}
