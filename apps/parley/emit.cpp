// SPDX-License-Identifier: MIT
#include "apps/parley/emit.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <thread>
#include <utility>

#include <parley/client.hpp>

#include "apps/parley/told.hpp"

namespace parley {
namespace {

Arguments values_of(const EmitCommand& command) {
    Arguments values;
    for (const std::string& text : command.values)
        values.push_back(parse_json(text).value_or(Json(text)));
    if (command.binary_file.empty()) return values;
    std::ifstream file(command.binary_file, std::ios::binary);
    const std::string octets((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file) {
        throw SetupError({ErrorCode::not_found, "--binary: " + command.binary_file + " cannot be read."});
    }
    values.emplace_back(as_bytes(octets));
    return values;
}

}  // namespace

int emit(const EmitCommand& command) {
    const Arguments values = values_of(command);
    ClientOptions options = client_options(command.connect);
    options.reconnection = false;
    options.ack_timeout = options.timeout;
    Client client(url_of(command.connect), std::move(options));
    int status = 1;
    std::jthread leaving;
    client.on_connect([&] {
        if (!command.wants_ack) {
            status = client.emit(command.event, values) ? 0 : 1;
            if (status != 0) std::cerr << "parley: \"" << command.event << "\" cannot be sent: the name is reserved.\n";
            // Servers drop the event of a socket that leaves in the same moment.
            leaving = std::jthread([socket = ClientSocket(client)] {
                std::this_thread::sleep_for(std::chrono::milliseconds(200));
                socket.disconnect();
            });
            return;
        }
        const bool is_sent = client.emit(command.event, values, [&](Result<void> result, Arguments answer) {
            if (result) {
                for (const Json& value : answer)
                    std::cout << to_json(value) << std::endl;
                status = 0;
            } else {
                std::cerr << "parley: no acknowledgement: " << result.error().message << "\n";
            }
            client.close();
        });
        if (!is_sent) client.close();
    });
    client.on_connect_error([&](const ConnectError& error) {
        std::cerr << "parley: " << told(error) << "\n";
        client.close();
    });
    client.run();
    return status;
}

void add_emit(CLI::App& program, Chosen& chosen) {
    const auto command = std::make_shared<EmitCommand>();
    CLI::App* emit = program.add_subcommand("emit", "Connect to a Socket.IO server, emit one event, and leave");
    add_socketio_connect(*emit, command->connect);
    emit->add_option("EVENT", command->event, "Name of the event")->required();
    emit->add_option("VALUE", command->values, "What it carries: JSON each, or text where it is none");
    emit->add_flag("--ack", command->wants_ack, "Wait for the acknowledgement and print its values, a line each");
    emit->add_option("--binary", command->binary_file, "File whose octets are a last value")->type_name("FILE");
    choose(*emit, chosen, [command] { return parley::emit(*command); });
}

}  // namespace parley
