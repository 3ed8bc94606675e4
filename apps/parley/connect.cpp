// SPDX-License-Identifier: MIT
#include "apps/parley/connect.hpp"

#include <CLI/CLI.hpp>
#include <utility>

#include "parley/base/error.hpp"

namespace parley {

namespace {

std::string check_transport(const std::string& text) {
    for (const std::string_view transport : {"any", "polling", "websocket"}) {
        if (text == transport) return {};
    }
    return "\"" + text + "\" is no transport. Give one of any, polling, websocket.";
}

}  // namespace

void add_tls(CLI::App& command, TlsClientOptions& options) {
    command
        .add_option("--ca", options.authorities,
                    "PEM file of who may have signed the server's certificate (default: who this machine trusts)")
        ->type_name("FILE");
    command.add_flag("--insecure", options.insecure, "Take any certificate: for tests only");
}

void add_connect(CLI::App& command, ConnectOptions& options) {
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
    add_tls(command, options.tls);
}

void add_identity(CLI::App& command, ConnectOptions& options) {
    command.add_option("-n,--namespace", options.nsp, "Namespace, as in /admin")->type_name("NAME");
    command.add_option("--auth", options.auth, "What to say about oneself: a JSON object")->type_name("JSON");
}

void add_socketio_connect(CLI::App& command, ConnectOptions& options) {
    add_connect(command, options);
    add_identity(command, options);
    command.add_option("--transport", options.transport, "any, polling or websocket")
        ->type_name("NAME")
        ->check(check_transport)
        ->capture_default_str();
}

std::vector<HttpHeader> headers_of(const ConnectOptions& options) {
    std::vector<HttpHeader> headers;
    for (const std::string& line : options.headers) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos) {
            throw SetupError(
                {ErrorCode::invalid_argument, "--header \"" + line + "\" has no colon. Write it as \"Name: value\"."});
        }
        const std::size_t value = line.find_first_not_of(' ', colon + 1);
        headers.push_back({line.substr(0, colon), value == std::string::npos ? "" : line.substr(value)});
    }
    return headers;
}

ClientOptions client_options(const ConnectOptions& options) {
    ClientOptions client;
    client.timeout = std::chrono::seconds(options.timeout_seconds);
    client.extra_headers = headers_of(options);
    client.dial.tls = options.tls;
    if (options.transport == "polling") client.transports = {Transport::polling};
    if (options.transport == "websocket") client.transports = {Transport::websocket};
    if (options.transport == "any") client.try_all_transports = true;
    if (!options.auth.empty()) {
        Result<Json> auth = parse_json(options.auth);
        if (!auth || !auth->is_object()) {
            throw SetupError(
                {ErrorCode::invalid_argument,
                 "--auth is no JSON object. Write it as '{\"token\":\"secret\"}', in quotes for the shell."});
        }
        client.auth = std::move(*auth);
    }
    return client;
}

std::string url_of(const ConnectOptions& options) {
    if (options.nsp.empty()) return options.url;
    std::string url = options.url;
    while (url.ends_with('/'))
        url.pop_back();
    return url + (options.nsp.starts_with('/') ? "" : "/") + options.nsp;
}

}  // namespace parley
