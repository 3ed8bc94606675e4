// SPDX-License-Identifier: MIT
#include <iostream>

#include <parley/web.hpp>

extern "C" [[gnu::visibility("default")]] int run_plugin();

extern "C" int run_plugin() {
    parley::WebSocketServer server;
    server.on_message([](parley::WebSocket socket, std::string_view text) { socket.send(text); });
    server.listen({.port = 0, .host = "127.0.0.1"});
    std::cout << "ws://127.0.0.1:" << server.port() << std::endl;
    return server.run();
}
