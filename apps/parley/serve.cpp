// SPDX-License-Identifier: MIT
#include "apps/parley/serve.hpp"

#include <spdlog/spdlog.h>

#include <iostream>

#include "apps/chat/chat_server.hpp"
#include "apps/chat/wording.hpp"

namespace parley {

namespace {

/// The address to open: what was asked for, or localhost where all addresses answer.
std::string address_to_open(const ServeOptions& options, int port) {
    std::string host = options.host;
    if (host.empty() || host == "0.0.0.0" || host == "::") host = "localhost";
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    return "http://" + host + ":" + std::to_string(port);
}

}  // namespace

int serve(const ServeOptions& options) {
    chat::ChatOptions chat_options;
    chat_options.server.cors.origin = options.cors_origins;
    chat_options.log = [](std::string_view line) { spdlog::info("{}", line); };

    Application app;
    app.on_error([](const HandlerFailure& failure) {
        spdlog::error("{}: {}", chat::printable(failure.where), chat::printable(failure.message));
    });
    const chat::ChatServer chat(app, std::move(chat_options));
    app.listen({.port = options.port, .host = options.host});

    std::cout << "Parley is listening on " << address_to_open(options, app.port()) << "\n"
              << "Open it in several tabs to talk to yourself; Ctrl+C ends it." << std::endl;
    const int status = app.run();
    spdlog::info("stopped");
    return status;
}

}  // namespace parley
