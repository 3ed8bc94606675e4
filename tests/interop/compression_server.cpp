// SPDX-License-Identifier: MIT
// WebSockets that echo, each path with another agreement about compression, and a Socket.IO server beside them.
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/server.hpp"
#include "parley/web.hpp"

using parley::PerMessageDeflate;

int main() {
    const char* const threads = std::getenv("THREADS");
    parley::Application app({.threads = threads != nullptr ? std::stoul(threads) : 1});
    const std::pair<std::string_view, PerMessageDeflate> agreements[] = {
        {"/default", {}},
        {"/everything", {.threshold = 0, .server_max_window_bits = 15, .client_max_window_bits = 15}},
        {"/small", {.threshold = 0, .server_max_window_bits = 9, .client_max_window_bits = 9}},
        {"/no-takeover", {.threshold = 0, .server_no_context_takeover = true, .client_no_context_takeover = true}},
        {"/best", {.threshold = 0, .zlib_deflate_options = {.level = 9, .mem_level = 9}}},
        {"/cap", {.threshold = 0, .contexts_max = 2}},
        {"/off", {.enabled = false}},
    };
    std::vector<std::unique_ptr<parley::WebSocketServer>> servers;
    for (const auto& [path, deflate] : agreements) {
        auto& server = *servers.emplace_back(std::make_unique<parley::WebSocketServer>(
            app, path, parley::WebSocketServerOptions{.per_message_deflate = deflate}));
        server.on_message([&server](parley::WebSocket socket, parley::WebSocketMessage message) {
            if (message.data.starts_with("to all: ")) {
                server.broadcast(message.data);
            } else {
                socket.send(message, {.compress = !message.data.starts_with("as it is: ")});
            }
        });
    }
    parley::Server io(app, {.per_message_deflate = {.threshold = 64}});
    io.on("echo", [](parley::Json value) { return value; });
    io.on("to all", [&io](std::string text) { io.emit("said", text); });
    io.on("plain to all", [&io](std::string text) { io.compress(false).emit("said", text); });
    io.on("file", [](parley::Socket socket, parley::Bytes octets) { socket.emit("file", octets); });
    app.get("/", [](parley::Response response) { response.send("<!doctype html><title>page</title>"); });
    app.get("/memory", [&app](parley::Response response) { response.send(std::to_string(app.memory_used())); });
    app.listen(parley::port_from_environment(0));
    std::cout << "Listening on http://localhost:" << app.port() << std::endl;
    return app.run();
}
