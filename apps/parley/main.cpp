// SPDX-License-Identifier: MIT
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "apps/parley/serve.hpp"
#include "parley/server/client_bundle.hpp"
#include "parley/web.hpp"

namespace {

void add_serve(CLI::App& program, parley::ServeOptions& options, std::string& log_level) {
    CLI::App* serve = program.add_subcommand("serve", "Start a group chat: a server with its page inside");
    serve->add_option("-p,--port", options.port, "Port to listen on; 0 takes any free one (default: $PORT, else 3000)")
        ->check(CLI::Range(0, 65535));
    serve->add_option("--host", options.host, "Address to listen on, as in 127.0.0.1 (default: all)");
    serve->add_option("--cors-origin", options.cors_origins,
                      "Origin whose pages may connect too, as in https://example.com; may be given several times");
    serve->add_option("--log-level", log_level, "What to tell on the standard error")
        ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}))
        ->capture_default_str();
}

void print_licenses() {
    std::cout << "parley " PARLEY_VERSION ": MIT License, Copyright (c) 2026 The Parley authors\n\n"
              << "The browser client inside this program is socket.io-client "
              << parley::server::client_bundle_version() << ":\n\n"
              << parley::server::client_bundle_license();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program{"Parley: Socket.IO and WebSocket for C++", "parley"};
    program.set_version_flag("--version", "parley " PARLEY_VERSION);
    program.require_subcommand(1);

    parley::ServeOptions options;
    std::string log_level = "info";
    add_serve(program, options, log_level);
    const CLI::App* licenses = program.add_subcommand("licenses", "Print the licences of what is inside");

    try {
        options.port = parley::port_from_environment(options.port);
        program.parse(argc, argv);
        if (licenses->parsed()) {
            print_licenses();
            return 0;
        }
        spdlog::set_default_logger(spdlog::stderr_color_mt("parley"));
        spdlog::set_level(spdlog::level::from_str(log_level));
        spdlog::set_pattern("%H:%M:%S %^%l%$ %v");
        return parley::serve(options);
    } catch (const CLI::ParseError& error) {
        return program.exit(error);
    } catch (const std::exception& error) {
        std::cerr << "parley: " << error.what() << "\n";
        return 1;
    }
}
