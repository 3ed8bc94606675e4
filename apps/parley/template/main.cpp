// The server of {{name}}: the files of page/ over HTTP, and messages to everybody over Socket.IO.
#include <iostream>
#include <string>

#include <parley/server.hpp>

int main() {
    parley::Application app;
    app.serve_static(PAGE_DIRECTORY);

    parley::Server io{app};
    io.on_connection([](parley::Socket socket) { std::cout << socket.id() << " connected" << std::endl; });
    io.on("chat message", [&](std::string text) { io.emit("chat message", text); });

    app.listen(parley::port_from_environment(3000));
    std::cout << "Open http://localhost:" << app.port() << std::endl;
    return app.run();
}
