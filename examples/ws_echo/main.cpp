// SPDX-License-Identifier: MIT
// A raw WebSocket server, without Socket.IO.
#include <iostream>

#include <parley/web.hpp>

int main() {
    parley::WebSocketServer server;

    server.on_connection([](parley::WebSocket) { std::cout << "Client connected" << std::endl; });
    server.on_message([](parley::WebSocket socket, parley::WebSocketMessage message) {
        std::cout << "Received: " << message.data << std::endl;
        socket.send({"Received " + std::string(message.data), message.is_binary});
    });
    server.on_close([](parley::WebSocket) { std::cout << "Client disconnected" << std::endl; });

    server.listen(parley::port_from_environment(8080));
    std::cout << "WebSocket server on ws://localhost:" << server.port() << std::endl;
    return server.run();
}
