// SPDX-License-Identifier: MIT
// An HTTP server with Socket.IO: greets, and relays every message to everyone.
#include <iostream>

#include <parley/server.hpp>

int main() {
    parley::Application app;
    parley::Server io{app};

    io.on_connection([&](parley::Socket& socket) {
        std::cout << "A user connected" << std::endl;
        socket.emit("chat message", "Welcome to the chat!");

        socket.on("chat message", [&](std::string text) {
            std::cout << "Client says: " << text << std::endl;
            io.emit("chat message", "Server: " + text);
        });
        socket.on_disconnect([](parley::DisconnectReason) { std::cout << "User disconnected" << std::endl; });
    });

    app.listen(parley::port_from_environment(3000));
    std::cout << "Listening on http://localhost:" << app.port() << std::endl;
    return app.run();
}
