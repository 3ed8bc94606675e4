// SPDX-License-Identifier: MIT
// A WebSocket client that sends back what it is told, until the server closes: URL, octets of a window as a power of
// two, and "takeover" or "none".
#include <iostream>
#include <string>
#include <string_view>

#include "parley/client.hpp"

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const int bits = std::stoi(argv[2]);
    const bool has_takeover = std::string_view(argv[3]) == "takeover";
    parley::WebSocketClient client(argv[1], {.per_message_deflate = {.threshold = 0,
                                                                     .server_no_context_takeover = !has_takeover,
                                                                     .client_no_context_takeover = !has_takeover,
                                                                     .server_max_window_bits = bits,
                                                                     .client_max_window_bits = bits}});
    client.on_message([&](parley::WebSocketMessage message) {
        message.is_binary ? client.send_binary(message.data) : client.send(message.data);
    });
    client.on_close([](int code, std::string_view reason) { std::cout << "closed " << code << " " << reason << "\n"; });
    client.on_error([](const parley::ConnectError& error) { std::cout << "failed: " << error.description << "\n"; });
    return client.run();
}
