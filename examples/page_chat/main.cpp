// SPDX-License-Identifier: MIT
// An application that sends one page, and a chat beside it.
#include <iostream>

#include <parley/server.hpp>

int main() {
    parley::Application app;
    parley::Server io{app};

    app.get("/",
            [](parley::Request&, parley::Response response) { response.send_file(EXAMPLE_DIRECTORY "/index.html"); });

    io.on("chat message", [&](std::string text) { io.emit("chat message", text); });

    app.listen(parley::port_from_environment(3000));
    std::cout << "Listening on http://localhost:" << app.port() << std::endl;
    return app.run();
}
