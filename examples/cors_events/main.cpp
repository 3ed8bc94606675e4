// SPDX-License-Identifier: MIT
// Talks only to pages of one other origin, and shows what a socket knows about itself.
#include <iostream>

#include <parley/server.hpp>

namespace {

void describe(const parley::Socket& socket) {
    const auto& handshake = socket.handshake();
    std::cout << "A client connected\n"
              << "  id:         " << socket.id() << "\n"
              << "  namespace:  " << socket.nsp().name() << "\n"
              << "  transport:  " << to_string(socket.transport()) << "\n"
              << "  rooms:     ";
    for (const std::string& room : socket.rooms())
        std::cout << " " << room;
    std::cout << "\n  handshake:\n"
              << "    address:  " << handshake.address << "\n"
              << "    url:      " << handshake.url << "\n"
              << "    secure:   " << (handshake.secure ? "yes" : "no") << "\n"
              << "    origin:   " << handshake.header("origin") << "\n"
              << "    auth:     " << parley::to_json(socket.auth()) << std::endl;
}

}  // namespace

int main() {
    parley::Server io{{.cors = {.origin = {"http://127.0.0.1:5500"}}}};

    io.on_connection([](parley::Socket& socket) {
        describe(socket);
        socket.emit("server-message", "Welcome to WebSocket");
        socket.on("client-message", [](parley::Json error, parley::Json data) {
            std::cout << "client-message: error " << parley::to_json(error) << ", data " << parley::to_json(data)
                      << std::endl;
        });
    });

    io.listen(parley::port_from_environment(3000));
    std::cout << "Listening on http://localhost:" << io.port() << std::endl;
    return io.run();
}
