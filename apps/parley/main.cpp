// SPDX-License-Identifier: MIT
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <iostream>
#include <memory>

#include "apps/chat/wording.hpp"
#include "apps/parley/complaint.hpp"
#include "apps/parley/emit.hpp"
#include "apps/parley/listen.hpp"
#include "apps/parley/log_sink.hpp"
#include "apps/parley/new_project.hpp"
#include "apps/parley/serve.hpp"
#include "apps/parley/ws.hpp"
#include "parley/base/text.hpp"
#include "parley/server/client_bundle.hpp"

namespace {

constexpr int exit_usage = 2;  // as shells and most programs say that the command line was wrong

/// Checks a value for CLI11: empty if it is good, else what is wrong with it.
std::string check_port(const std::string& text) {
    const auto port = parley::parse_decimal(text);
    if (port && *port <= 65535) return {};
    const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return "\"" + text + "\" is " + (is_number ? "too large" : "not a whole number") + ". Give a port from 0 to 65535.";
}

std::string check_log_level(const std::string& text) {
    for (const std::string_view level : {"debug", "info", "error", "off"}) {
        if (text == level) return {};
    }
    return "\"" + text + "\" is not a level. Give one of debug, info, error, off.";
}

std::string check_transport(const std::string& text) {
    for (const std::string_view transport : {"any", "polling", "websocket"}) {
        if (text == transport) return {};
    }
    return "\"" + text + "\" is no transport. Give one of any, polling, websocket.";
}

void add_serve(CLI::App& program, parley::ServeOptions& options, std::string& log_level) {
    CLI::App* serve = program.add_subcommand("serve", "Start a group chat: a server with its page inside");
    serve->add_option("-p,--port", options.port, "Port to listen on; 0 takes any free one (default: $PORT, else 3000)")
        ->type_name("PORT")
        ->check(check_port);
    serve->add_option("--host", options.host, "Address to listen on, as in 127.0.0.1 (default: all)")
        ->type_name("ADDRESS");
    serve
        ->add_option("--cors-origin", options.cors_origins,
                     "Origin whose pages may connect too, as in https://example.com; may be given several times")
        ->type_name("ORIGIN")
        ->allow_extra_args(false);
    serve
        ->add_option("--log-level", log_level,
                     "What to tell on the standard error: error (what the server could not do), info (also who comes "
                     "and goes), debug (also what clients did wrong), or off")
        ->type_name("LEVEL")
        ->check(check_log_level)
        ->capture_default_str();
}

void add_connect(CLI::App& command, parley::ConnectOptions& options) {
    command.add_option("URL", options.url, "The server, as in http://localhost:3000")->required();
    command
        .add_option("--header", options.headers,
                    "Header of each request, as in \"X-Key: secret\"; may be given several times")
        ->type_name("HEADER")
        ->allow_extra_args(false);
    command.add_option("--timeout", options.timeout_seconds, "Seconds for a connection, and for an acknowledgement")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
}

void add_socketio_connect(CLI::App& command, parley::ConnectOptions& options) {
    add_connect(command, options);
    command.add_option("-n,--namespace", options.nsp, "Namespace, as in /admin")->type_name("NAME");
    command.add_option("--auth", options.auth, "What to say about oneself: a JSON object")->type_name("JSON");
    command.add_option("--transport", options.transport, "any, polling or websocket")
        ->type_name("NAME")
        ->check(check_transport)
        ->capture_default_str();
}

CLI::App* add_emit(CLI::App& program, parley::EmitCommand& command) {
    CLI::App* emit = program.add_subcommand("emit", "Connect to a Socket.IO server, emit one event, and leave");
    add_socketio_connect(*emit, command.connect);
    emit->add_option("EVENT", command.event, "Name of the event")->required();
    emit->add_option("VALUE", command.values, "What it carries: JSON each, or text where it is none");
    emit->add_flag("--ack", command.wants_ack, "Wait for the acknowledgement and print its values, a line each");
    emit->add_option("--binary", command.binary_file, "File whose octets are a last value")->type_name("FILE");
    return emit;
}

CLI::App* add_listen(CLI::App& program, parley::ListenCommand& command) {
    CLI::App* listen = program.add_subcommand("listen", "Connect to a Socket.IO server and print the events that come");
    add_socketio_connect(*listen, command.connect);
    listen->add_option("EVENT", command.events, "Names of events to print (default: all)");
    listen->add_flag("--json", command.as_json, "Print each as a JSON array, the name first");
    return listen;
}

CLI::App* add_ws(CLI::App& program, parley::WsCommand& command) {
    CLI::App* ws = program.add_subcommand("ws", "Connect a WebSocket: send what is typed, print what comes");
    add_connect(*ws, command.connect);
    ws->add_option("--subprotocol", command.subprotocols, "Subprotocol to offer; may be given several times")
        ->type_name("NAME")
        ->allow_extra_args(false);
    ws->add_flag("--binary", command.is_binary, "Send lines as binary messages");
    return ws;
}

void make_project(const std::string& folder) {
    const std::string name = parley::write_new_project(folder);
    const std::string there = folder.ends_with('/') ? folder.substr(0, folder.size() - 1) : folder;
    std::cout
        << there << " has a server and its page now. Build and start it:\n\n"
        << "    cmake -S " << there << " -B " << there << "/build && cmake --build " << there << "/build && " << there
        << "/build/" << name << "\n\n"
        << "It takes the library from the package libparley-dev, or from a checkout with -DPARLEY_SOURCE=folder.\n";
}

void print_licenses() {
    std::cout << "parley " PARLEY_VERSION ": MIT License, Copyright (c) 2026 The Parley authors\n";
    if (parley::server::client_bundle_version().empty()) return;
    std::cout << "\nThe browser client inside this program is socket.io-client "
              << parley::server::client_bundle_version() << ":\n\n"
              << parley::server::client_bundle_license();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program{"Parley: Socket.IO and WebSocket for C++", "parley"};
    program.set_version_flag("--version", "parley " PARLEY_VERSION);

    parley::ServeOptions options;
    std::string log_level = "info";
    add_serve(program, options, log_level);
    std::string project;
    CLI::App* make = program.add_subcommand("new", "Write a project that builds: a server and its page");
    make->add_option("NAME", project, "Folder to write it to, and what it is called")->required();
    parley::EmitCommand emit_command;
    const CLI::App* emit = add_emit(program, emit_command);
    parley::ListenCommand listen_command;
    const CLI::App* listen = add_listen(program, listen_command);
    parley::WsCommand ws_command;
    const CLI::App* ws = add_ws(program, ws_command);
    const CLI::App* licenses = program.add_subcommand("licenses", "Print the licences of what is inside");

    try {
        program.parse(argc, argv);
        if (program.get_subcommands().empty()) throw CLI::RequiredError("a command");
        if (make->parsed()) {
            make_project(project);
            return 0;
        }
        if (licenses->parsed()) {
            print_licenses();
            return 0;
        }
        if (emit->parsed()) return parley::emit(emit_command);
        if (listen->parsed()) return parley::listen(listen_command);
        if (ws->parsed()) return parley::talk_websocket(ws_command);
        std::signal(SIGPIPE, SIG_IGN);  // a reader of the log that goes away ends nothing
        spdlog::set_default_logger(std::make_shared<spdlog::logger>("parley", std::make_shared<parley::LogSink>()));
        spdlog::set_level(spdlog::level::from_str(log_level));
        spdlog::set_pattern("%H:%M:%S %^%l%$ %v");
        return parley::serve(options);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return program.exit(error);  // --help and --version come this way too
        std::cerr << "parley: " << parley::complaint(program, error) << "\n";
        return exit_usage;
    } catch (const std::exception& error) {
        std::cerr << "parley: " << parley::chat::printable(error.what()) << "\n";
        return 1;
    }
}
