// SPDX-License-Identifier: MIT
// expect: parley: a connection handler takes (WebSocket) or (WebSocket, const Request&)
#include <parley/web.hpp>

void misuse(parley::WebSocketServer& server) {
    server.on_connection([](const parley::Request& request) { static_cast<void>(request); });
}
