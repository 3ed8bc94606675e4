// SPDX-License-Identifier: MIT
// A raw WebSocket client for the terminal: asks for a name, then sends what is typed, and shows what comes.
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include <parley/client.hpp>

int main(int argc, char** argv) {
    const auto client = std::make_shared<parley::WebSocketClient>(argc > 1 ? argv[1] : "ws://localhost:8080");

    client->on_open([&] {
        std::cout << "Connected to server" << std::endl;
        std::cout << "Please enter user name:" << std::endl;
        // Reading waits for the keyboard, so it has a thread of its own, which ends with the program.
        std::thread([client] {
            std::string name;
            for (std::string line; std::getline(std::cin, line);) {
                if (name.empty()) {
                    name = line;
                    std::cout << "Welcome " << name << "! You can start chatting now." << std::endl;
                    std::cout << "Type your message and press Enter to send:" << std::endl;
                }
                client->send(name + ": " + line);
            }
        }).detach();
    });
    client->on_message([](std::string_view text) { std::cout << "Message from server: " << text << std::endl; });
    client->on_close([] { std::cout << "Disconnected from server" << std::endl; });
    client->on_error([](const parley::ConnectError& error) { std::cerr << error.description << std::endl; });
    return client->run();
}
