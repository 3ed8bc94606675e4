// SPDX-License-Identifier: MIT
// Serves a directory, and a chat in which one hears everybody else.
#include <iostream>

#include <parley/server.hpp>

int main(int argc, char** argv) {
    parley::Application app;
    parley::Server io{app};

    app.serve_static(argc > 1 ? argv[1] : EXAMPLE_DIRECTORY "/public");
    io.on_connection([](parley::Socket) { std::cout << "New websocket connection!" << std::endl; });
    io.on("message", [](parley::Socket socket, std::string text) { socket.broadcast().emit("message", text); });

    app.listen(parley::port_from_environment(3000));
    std::cout << "Listening on http://localhost:" << app.port() << std::endl;
    return app.run();
}
