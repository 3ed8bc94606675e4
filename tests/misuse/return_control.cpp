// SPDX-License-Identifier: MIT
#include <parley/server.hpp>
#include <parley/web.hpp>

void every_shape(parley::Application& app, parley::Server& io, parley::WebSocketServer& server) {
    app.get("/:id", [](parley::Request& request, parley::Response response) {
        if (request.parameter("id") == "2") return response.status(404).send("no");
        if (request.parameter("id") == "3") return response.json(3);
        response.send("yes");
    });
    app.use([](parley::Request&, parley::Response response, parley::Next next) {
        if (response.is_open()) return next();
        response.end();
    });
    io.on("ask", [](int number, parley::Ack ack) {
        if (number == 2) return ack("no");
        ack("yes");
    });
    io.on("join", [](parley::Socket socket, std::string room) -> bool { return socket.join(room); });
    io.on("counted", [](parley::Socket socket) {
        const bool joined = socket.join("room");
        return parley::Json::object({{"joined", joined}, {"told", socket.emit("hello")}});
    });
    io.on("leave", [](parley::Socket socket) {
        if (!socket.leave("room")) return socket.off("room");
        socket.emit("left");
    });
    server.on_message([](parley::WebSocket socket, std::string text) {
        if (text.empty()) return socket.close();
        socket.send(text);
    });
}
