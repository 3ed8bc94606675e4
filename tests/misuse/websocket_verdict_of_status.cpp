// SPDX-License-Identifier: MIT
// expect: parley: a verify handler takes (const Request&) and returns a bool or a WebSocketVerdict
#include <parley/web.hpp>

void misuse(parley::WebSocketServer& server) {
    server.verify([](const parley::Request&) { return 403; });
}
