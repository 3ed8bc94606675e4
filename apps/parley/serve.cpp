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
#include "apps/parley/service_manager.hpp"
#include "parley/net/endpoint.hpp"
#include "parley/net/local_listener.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/signals.hpp"
#include "parley/server/operator_port.hpp"

namespace parley {

namespace {

/// The address to open: what was asked for, or localhost where all addresses answer.
std::string address_to_open(const ServeOptions& options, int port) {
    if (!options.socket_path.empty()) return options.socket_path;
    if (options.uses_handed_over && port == 0) return "what systemd has handed over";
    const auto endpoint = net::Endpoint::parse(options.host, static_cast<std::uint16_t>(port));
    const bool is_name = !endpoint || options.host == "localhost";
    const std::string scheme = options.tls_certificate.empty() ? "http://" : "https://";
    if (is_name) return scheme + options.host + ":" + std::to_string(port);
    const std::string address = endpoint->address();
    const bool is_everywhere = address == "::" || address == "0.0.0.0";
    return scheme + (is_everywhere ? "localhost:" + std::to_string(port) : endpoint->to_string());
}

void listen(Application& app, const ServeOptions& options) {
    ListenOptions where{.tls = {.certificate = options.tls_certificate, .private_key = options.tls_private_key}};
    if (options.uses_handed_over) {
        where.handed_over = true;
        do {
            app.listen(where);
        } while (net::handed_over_sockets() > 0);
        return;
    }
    if (!options.socket_path.empty()) {
        where.socket_path = options.socket_path;
        where.socket_mode = std::stoi(options.socket_mode, nullptr, 8);
    } else {
        where.port = options.port ? *options.port : port_from_environment(3000);
        where.host = options.host;
    }
    app.listen(where);
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

std::string check_mode(const std::string& text) {
    const bool is_octal = !text.empty() && text.size() <= 4 && text.find_first_not_of("01234567") == std::string::npos;
    if (is_octal && (text.size() < 4 || text.front() == '0')) return {};
    return "\"" + text + "\" is no mode of a file. Give three octal digits, as in 0660.";
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

/// A connection's share of messages, and of events of any name in proportion.
void hold_to_rate(chat::Limits& limits, double messages_per_second) {
    limits.messages = {.burst_max = 10 * messages_per_second, .per_second = messages_per_second};
    limits.events = {.burst_max = 100 * messages_per_second, .per_second = 10 * messages_per_second};
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
    chat_options.server.per_message_deflate.enabled = options.per_message_deflate;
    chat_options.log = write_log;
    hold_to_rate(chat_options.limits, options.message_rate);
    if (const auto files = raise_file_limit())
        spdlog::debug("{} open files allowed: connections, and a few more", *files);

    chat::CappedLog failures = failure_log();
    Metrics metrics;
    ApplicationOptions app_options{.trust_proxy = options.trust_proxy, .trust_forwarded = options.trust_forwarded};
    if (options.operator_port) {
        app_options.observer = &metrics;
        chat_options.server.observer = &metrics;
    }
    Application app(std::move(app_options));
    app.on_error([&](const HandlerFailure& failure) {
        failures.add(std::string(failure.where) + ": " + std::string(failure.message), app.now());
    });
    const OpenHistory data = open_history(options.data, app);
    const chat::ChatServer chat(app, *data.history, std::move(chat_options));
    listen(app, options);
    std::optional<OperatorPort> operator_port;
    if (options.operator_port) {
        const ListenOptions where{.port = *options.operator_port, .host = options.operator_host};
        operator_port.emplace(app, metrics, where);
        spdlog::info("operators: {}:{}", options.operator_host, operator_port->port());
    }
    ServiceManager service_manager(app);

    // Said once it runs: who reads it may end the program at once, in good order.
    app.post([&] {
        spdlog::log(data.is_as_wished ? spdlog::level::info : spdlog::level::err, "{}", data.note);
        std::cout << "Parley is listening on " << address_to_open(options, app.port()) << "\n"
                  << "Open it in two tabs to talk to yourself; Ctrl+C ends it." << std::endl;
    });
    const std::unique_ptr<net::SignalWatch> hangup =
        options.tls_certificate.empty() ? stop_on_hangup(app) : reload_on_hangup(app);
    const int status = app.run();
    spdlog::info("stopped");
    return status;
}

namespace {

void add_sockets(CLI::App& serve, ServeOptions& options, std::initializer_list<CLI::Option*> addresses) {
    CLI::Option* const path =
        serve
            .add_option("--socket", options.socket_path,
                        "Unix-domain socket to listen on instead, as in /run/parley/chat.sock; a file that was left "
                        "behind is replaced")
            ->type_name("PATH");
    serve.add_option("--socket-mode", options.socket_mode, "Mode of its file: who may connect")
        ->type_name("MODE")
        ->check(check_mode)
        ->capture_default_str()
        ->needs(path);
    CLI::Option* const handed_over =
        serve.add_flag("--handed-over", options.uses_handed_over,
                       "Listen on the sockets that systemd hands over instead (systemd.socket(5))");
    path->excludes(handed_over);
    for (CLI::Option* const address : addresses) {
        address->excludes(path);
        address->excludes(handed_over);
    }
}

void add_data(CLI::App& serve, ServeOptions& options) {
    serve
        .add_option(
            "--data", options.data.file,
            "File to keep what is said in; \":memory:\": nowhere (default: parley/chat.db in $XDG_STATE_HOME, else "
            "in ~/.local/state)")
        ->type_name("FILE")
        ->take_last();
    serve
        .add_option("--keep-size", options.data.mebibytes_max,
                    "Its size in MiB, beyond which the oldest messages are forgotten; 0: none (default: 10240, and 64 "
                    "in memory)")
        ->type_name("MIB")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 40));
    serve
        .add_option("--message-rate", options.message_rate,
                    "Messages a second that one connection may write over time, and ten times as many at once")
        ->type_name("NUMBER")
        ->check(CLI::Range(0.1, 1'000'000.0))
        ->capture_default_str();
}

}  // namespace

void add_serve(CLI::App& program, Chosen& chosen) {
    const auto options = std::make_shared<ServeOptions>();
    CLI::App* serve = program.add_subcommand("serve", "Start a group chat: a server with its page inside");
    CLI::Option* const port = serve
                                  ->add_option("-p,--port", options->port,
                                               "Port to listen on; 0 takes any free one (default: $PORT, else 3000)")
                                  ->type_name("PORT")
                                  ->check(check_port);
    CLI::Option* const host =
        serve->add_option("--host", options->host, "Address to listen on, as in 127.0.0.1 (default: all)")
            ->type_name("ADDRESS");
    add_sockets(*serve, *options, {port, host});
    add_data(*serve, *options);
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
    CLI::Option* const operators =
        serve
            ->add_option(
                "--operator-port", options->operator_port,
                "Port for /healthz, /readyz and /metrics (for Prometheus), away from the users (default: none)")
            ->type_name("PORT")
            ->check(check_port);
    serve->add_option("--operator-host", options->operator_host, "Address of that port")
        ->type_name("ADDRESS")
        ->capture_default_str()
        ->needs(operators);
    CLI::Option* const proxies =
        serve
            ->add_option("--trust-proxy", options->trust_proxy,
                         "Believe proxies in front for whom they ask (X-Forwarded-For, -Proto, -Host): how many there "
                         "are, or their addresses, as in loopback or 10.0.0.0/8, with commas between (default: none)")
            ->type_name("WHO");
    serve
        ->add_flag("--trust-forwarded", options->trust_forwarded,
                   "They say it in the header Forwarded (RFC 7239) instead")
        ->needs(proxies);
    serve->add_flag("--per-message-deflate", options->per_message_deflate,
                    "Compress WebSocket messages of 1 KiB and more for clients that can (RFC 7692)");
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
