// SPDX-License-Identifier: MIT
// An application that sends one page, and a chat beside it.
#include <iostream>

#include <parley/server.hpp>

int main() {
    parley::Application app;
    parley::Server io{app};

    app.get("/",
            [](parley::Request&, parley::Response response) { response.send_file(EXAMPLE_DIRECTORY "/index.html"); });

    io.on_connection([&](parley::Socket& socket) {
        std::cout << "a user connected" << std::endl;
        socket.on("chat message", [&](std::string text) {
            std::cout << "message: " << text << std::endl;
            io.emit("chat message", text);
        });
        socket.on_disconnect([] { std::cout << "user disconnected" << std::endl; });
    });

    app.listen(parley::port_from_environment(3000));
    std::cout << "Listening on http://localhost:" << app.port() << std::endl;
    return app.run();
}
