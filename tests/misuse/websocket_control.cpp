// SPDX-License-Identifier: MIT
#include <parley/web.hpp>

void every_shape(parley::WebSocketServer& server) {
    server.on_connection([](parley::WebSocket socket, const parley::Request&) {
        socket.on_message([socket](std::string_view text) { socket.send(text); });
        socket.on_close([] {});
    });
    server.on_connection([](parley::WebSocket socket) { socket.send("hello"); });
    server.on_message([](parley::WebSocket socket, std::string text) { socket.send(text); });
    server.on_message([](parley::WebSocket, auto message) { static_cast<void>(message.is_binary); });
    server.on_message([](parley::WebSocket socket, parley::WebSocketMessage message) { socket.send(message); });
    server.on_close([](parley::WebSocket, std::uint16_t code, std::string_view) { static_cast<void>(code); });
    server.on_close([](parley::WebSocket, int code, std::string) { static_cast<void>(code); });
    server.on_close([] {});
    server.verify([](const parley::Request& request) { return request.has_query("in"); });
    server.verify([](const parley::Request&) { return parley::WebSocketVerdict::refuse(403, "not today"); });
}
