// SPDX-License-Identifier: MIT
// What `parley bench` loads: a server that answers each of its scenarios, and measures nothing itself.
#include <iostream>

#include <parley/server.hpp>
#include <parley/web/websocket_server.hpp>

int main() {
    parley::Application app;
    parley::Server io(app);

    io.on("echo", [](parley::Socket socket, parley::Json value) { socket.emit("echo", value); });
    io.on("ack", [](parley::Json value) { return value; });
    io.on("broadcast", [&](parley::Json value) { io.emit("broadcast", value); });
    io.on("join", [](parley::Socket socket, std::string room) -> bool { return socket.join(room); });
    io.on("room", [&](std::string room, parley::Json value) { io.to(room).emit("room", value); });

    parley::WebSocketServer echo(app, "/echo");
    echo.on_message([](parley::WebSocket& socket, parley::WebSocketMessage message) { socket.send(message); });

    parley::WebSocketServer everybody(app, "/broadcast");
    everybody.on_message(
        [&](parley::WebSocket&, parley::WebSocketMessage message) { everybody.broadcast(message.data); });

    app.listen(parley::port_from_environment(3000));
    std::cout << "Load http://localhost:" << app.port() << std::endl;
    return app.run();
}
