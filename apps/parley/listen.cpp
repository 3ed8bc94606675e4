// SPDX-License-Identifier: MIT
#include "apps/parley/listen.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>

#include <parley/client.hpp>

#include "apps/chat/wording.hpp"
#include "apps/parley/told.hpp"

namespace parley {
namespace {

void print(std::string_view event, const Arguments& values, bool as_json) {
    if (as_json) {
        Json line = Json::array({event});
        for (const Json& value : values)
            line.push_back(value);
        std::cout << to_json(line) << std::endl;
        return;
    }
    std::cout << chat::printable(event);
    for (const Json& value : values)
        std::cout << ' ' << to_json(value);
    std::cout << std::endl;
}

}  // namespace

int listen(const ListenCommand& command) {
    Client client(url_of(command.connect), client_options(command.connect));
    client.on_connect([&] { std::cerr << "parley: connected to " << command.connect.url << "\n"; });
    client.on_connect_error([](const ConnectError& error) { std::cerr << "parley: " << told(error) << "\n"; });
    client.on_disconnect(
        [](ClientDisconnectReason reason) { std::cerr << "parley: disconnected: " << to_string(reason) << "\n"; });
    client.on_any([&](std::string_view event, const Arguments& values) {
        const bool is_wanted =
            command.events.empty() || std::ranges::find(command.events, event) != command.events.end();
        if (is_wanted) print(event, values, command.as_json);
    });
    client.run();
    return 1;  // nothing more can come, which nobody asked for
}

void add_listen(CLI::App& program, Chosen& chosen) {
    const auto command = std::make_shared<ListenCommand>();
    CLI::App* listen = program.add_subcommand("listen", "Connect to a Socket.IO server and print the events that come");
    add_socketio_connect(*listen, command->connect);
    listen->add_option("EVENT", command->events, "Names of events to print (default: all)");
    listen->add_flag("--json", command->as_json, "Print each as a JSON array, the name first");
    choose(*listen, chosen, [command] { return parley::listen(*command); });
}

}  // namespace parley
