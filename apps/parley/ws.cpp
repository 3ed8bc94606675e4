// SPDX-License-Identifier: MIT
#include "apps/parley/ws.hpp"

#include <CLI/CLI.hpp>
#include <atomic>
#include <iostream>
#include <memory>
#include <thread>
#include <utility>

#include <parley/client.hpp>

#include "apps/chat/wording.hpp"
#include "apps/parley/told.hpp"

namespace parley {
namespace {

WebSocketClientOptions options_of(const WsCommand& command) {
    WebSocketClientOptions options;
    options.subprotocols = command.subprotocols;
    options.headers = headers_of(command.connect);
    options.open_timeout = std::chrono::seconds(command.connect.timeout_seconds);
    return options;
}

// Where the input ends before everything is answered, the server has this long for it.
constexpr std::chrono::milliseconds answer_patience{300};

}  // namespace

int talk_websocket(const WsCommand& command) {
    // The thread that reads lines keeps them: it may wait for the keyboard when the connection has ended.
    const auto client = std::make_shared<WebSocketClient>(command.connect.url, options_of(command));
    const auto has_ended = std::make_shared<std::atomic<bool>>(false);
    int status = 1;
    client->on_open([&] {
        const std::string subprotocol = client->subprotocol();
        std::cerr << "parley: connected" << (subprotocol.empty() ? "" : ", subprotocol " + subprotocol) << "\n";
        std::thread([client, has_ended, is_binary = command.is_binary] {
            for (std::string line; std::getline(std::cin, line);) {
                const bool is_sent = is_binary ? client->send_binary(line) : client->send(line);
                if (!is_sent && client->is_open()) std::cerr << "parley: the line is not UTF-8; it was not sent\n";
            }
            std::this_thread::sleep_for(answer_patience);
            *has_ended = true;
            client->close();
        }).detach();
    });
    client->on_message([](WebSocketMessage message) {
        if (message.is_binary) std::cout << "(" << message.data.size() << " octets) ";
        std::cout << chat::printable(message.data) << std::endl;
    });
    client->on_close([&](int code, std::string_view reason) {
        std::cerr << "parley: closed: " << code << (reason.empty() ? "" : " ") << chat::printable(reason) << "\n";
        status = *has_ended ? 0 : 1;
    });
    client->on_error([](const ConnectError& error) { std::cerr << "parley: " << told(error) << "\n"; });
    client->run();
    return status;
}

void add_ws(CLI::App& program, Chosen& chosen) {
    const auto command = std::make_shared<WsCommand>();
    CLI::App* ws = program.add_subcommand("ws", "Connect a WebSocket: send what is typed, print what comes");
    add_connect(*ws, command->connect);
    ws->add_option("--subprotocol", command->subprotocols, "Subprotocol to offer; may be given several times")
        ->type_name("NAME")
        ->allow_extra_args(false);
    ws->add_flag("--binary", command->is_binary, "Send lines as binary messages");
    choose(*ws, chosen, [command] { return talk_websocket(*command); });
}

}  // namespace parley
