// SPDX-License-Identifier: MIT
#include "apps/parley/serve.hpp"

#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <memory>

#include "apps/chat/chat_server.hpp"
#include "apps/parley/file_limit.hpp"
#include "apps/parley/log_sink.hpp"
#include "parley/net/endpoint.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/signals.hpp"

namespace parley {

namespace {

/// The address to open: what was asked for, or localhost where all addresses answer.
std::string address_to_open(const ServeOptions& options, int port) {
    const auto endpoint = net::Endpoint::parse(options.host, static_cast<std::uint16_t>(port));
    const bool is_name = !endpoint || options.host == "localhost";
    const std::string scheme = options.tls_certificate.empty() ? "http://" : "https://";
    if (is_name) return scheme + options.host + ":" + std::to_string(port);
    const std::string address = endpoint->address();
    const bool is_everywhere = address == "::" || address == "0.0.0.0";
    return scheme + (is_everywhere ? "localhost:" + std::to_string(port) : endpoint->to_string());
}

/// Stops the application in good order when its terminal is closed; not when somebody wants that ignored, as nohup
/// does.
std::unique_ptr<net::SignalWatch> stop_on_hangup(Application& app) {
    struct sigaction current{};
    if (::sigaction(SIGHUP, nullptr, &current) != 0 || current.sa_handler == SIG_IGN) return nullptr;
    auto watch = app.loop().on_signals({SIGHUP}, [&app](int) { app.stop(); });
    return watch ? std::move(*watch) : nullptr;
}

/// With TLS it is how certificates that were renewed are taken up, as in other servers.
std::unique_ptr<net::SignalWatch> reload_on_hangup(Application& app) {
    auto watch = app.loop().on_signals({SIGHUP}, [&app](int) {
        const Result<void> reloaded = app.reload_certificates();
        reloaded ? spdlog::info("certificates were read again")
                 : spdlog::error("certificates stay as they were: {}", reloaded.error().message);
    });
    return watch ? std::move(*watch) : nullptr;
}

void write_log(chat::LogLevel level, std::string_view line) {
    using enum chat::LogLevel;
    spdlog::log(level == debug  ? spdlog::level::debug
                : level == info ? spdlog::level::info
                                : spdlog::level::err,
                "{}", line);
}

std::string check_log_level(const std::string& text) {
    for (const std::string_view level : {"debug", "info", "error", "off"}) {
        if (text == level) return {};
    }
    return "\"" + text + "\" is not a level. Give one of debug, info, error, off.";
}

void start_log(const std::string& level) {
    std::signal(SIGPIPE, SIG_IGN);  // a reader of the log that goes away ends nothing
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("parley", std::make_shared<LogSink>()));
    spdlog::set_level(spdlog::level::from_str(level));
    spdlog::set_pattern("%H:%M:%S %^%l%$ %v");
}

/// What went wrong in the application, held to a rate: peers decide how often some of it happens.
chat::CappedLog failure_log() {
    return {[](std::string_view line) { write_log(chat::LogLevel::error, line); }, chat::Limits{}.log_lines};
}

}  // namespace

int serve(const ServeOptions& options) {
    start_log(options.log_level);
    chat::ChatOptions chat_options;
    chat_options.server.cors.origin = options.cors_origins;
    chat_options.log = write_log;
    const int port = options.port ? *options.port : port_from_environment(3000);
    if (const auto files = raise_file_limit())
        spdlog::debug("{} open files allowed: connections, and a few more", *files);

    chat::CappedLog failures = failure_log();
    Application app;
    app.on_error([&](const HandlerFailure& failure) {
        failures.add(std::string(failure.where) + ": " + std::string(failure.message), app.now());
    });
    const chat::ChatServer chat(app, std::move(chat_options));
    app.listen({.port = port,
                .host = options.host,
                .tls = {.certificate = options.tls_certificate, .private_key = options.tls_private_key}});

    // Said once it runs: who reads it may end the program at once, in good order.
    app.post([&] {
        std::cout << "Parley is listening on " << address_to_open(options, app.port()) << "\n"
                  << "Open it in two tabs to talk to yourself; Ctrl+C ends it." << std::endl;
    });
    const std::unique_ptr<net::SignalWatch> hangup =
        options.tls_certificate.empty() ? stop_on_hangup(app) : reload_on_hangup(app);
    const int status = app.run();
    spdlog::info("stopped");
    return status;
}

void add_serve(CLI::App& program, Chosen& chosen) {
    const auto options = std::make_shared<ServeOptions>();
    CLI::App* serve = program.add_subcommand("serve", "Start a group chat: a server with its page inside");
    serve->add_option("-p,--port", options->port, "Port to listen on; 0 takes any free one (default: $PORT, else 3000)")
        ->type_name("PORT")
        ->check(check_port);
    serve->add_option("--host", options->host, "Address to listen on, as in 127.0.0.1 (default: all)")
        ->type_name("ADDRESS");
    serve
        ->add_option("--cors-origin", options->cors_origins,
                     "Origin whose pages may connect too, as in https://example.com; may be given several times")
        ->type_name("ORIGIN")
        ->allow_extra_args(false);
    CLI::Option* const certificate =
        serve
            ->add_option(
                "--tls-cert", options->tls_certificate,
                "Certificate to speak TLS with (https), a PEM file with what leads to its authority behind it; "
                "read again on SIGHUP")
            ->type_name("FILE");
    serve->add_option("--tls-key", options->tls_private_key, "Its private key (default: in the certificate's file)")
        ->type_name("FILE")
        ->needs(certificate);
    serve
        ->add_option("--log-level", options->log_level,
                     "What to tell on the standard error: error (what the server could not do), info (also who comes "
                     "and goes), debug (also what clients did wrong), or off")
        ->type_name("LEVEL")
        ->check(check_log_level)
        ->capture_default_str();
    choose(*serve, chosen, [options] { return parley::serve(*options); });
}

}  // namespace parley
