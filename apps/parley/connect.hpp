// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "parley/client/options.hpp"

namespace CLI {
class App;
}

namespace parley {

/// How the commands that connect to a server do that, as it stands on the command line.
struct ConnectOptions {
    std::string url;
    std::string nsp;                   ///< beside that of the URL; empty: none
    std::string auth;                  ///< JSON; empty: none
    std::string transport = "any";     ///< any, polling or websocket
    std::vector<std::string> headers;  ///< `Name: value`
    int timeout_seconds = 20;
    TlsClientOptions tls;
};

/// Adds to `command` how a server is to prove who it is.
void add_tls(CLI::App& command, TlsClientOptions& options);
/// Adds to `command` what every connection has: the URL, headers, the time-out.
void add_connect(CLI::App& command, ConnectOptions& options);
/// Adds who one is on a Socket.IO server: namespace, auth.
void add_identity(CLI::App& command, ConnectOptions& options);
/// Adds all of these, and what else a Socket.IO connection has: the transport.
void add_socketio_connect(CLI::App& command, ConnectOptions& options);

/// The same for the client. Throws `SetupError` with a sentence for what cannot be.
ClientOptions client_options(const ConnectOptions& options);
/// The headers among them.
std::vector<HttpHeader> headers_of(const ConnectOptions& options);
/// The URL with the namespace.
std::string url_of(const ConnectOptions& options);

}  // namespace parley
