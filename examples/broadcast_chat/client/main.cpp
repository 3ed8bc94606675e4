// SPDX-License-Identifier: MIT
// A Socket.IO client for the terminal: says what is typed, shows what is said.
#include <iostream>
#include <string>
#include <thread>

#include <parley/client.hpp>

int main(int argc, char** argv) {
    parley::Client client(argc > 1 ? argv[1] : "http://localhost:3000",
                          {.transports = {parley::Transport::websocket}, .reconnection = false});

    client.on_connect([] { std::cout << "Connected to server" << std::endl; });
    client.on_connect_error([](parley::ConnectError error) { std::cerr << error.description << std::endl; });
    client.on("chat message", [](std::string text) { std::cout << text << std::endl; });
    client.on_disconnect([&] {
        std::cout << "Disconnected from server" << std::endl;
        client.close();
    });

    // Reading waits for the keyboard, so it has a thread of its own. A handle like `socket` may outlive the client.
    std::thread([socket = parley::ClientSocket(client)] {
        for (std::string line; std::getline(std::cin, line);)
            socket.emit("chat message", "Client: " + line);
    }).detach();
    return client.run();
}
