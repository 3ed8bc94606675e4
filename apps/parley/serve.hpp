// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/parley/command.hpp"
#include "apps/parley/data_file.hpp"

namespace parley {

/// What `parley serve` was asked for.
struct ServeOptions {
    std::optional<int> port;                ///< none: of the environment variable PORT, else 3000
    std::string host;                       ///< empty: all addresses of the machine
    std::string socket_path;                ///< a Unix-domain socket instead; empty: none
    std::string socket_mode = "0660";       ///< of its file, octal
    bool uses_handed_over = false;          ///< listen on what systemd hands over instead
    std::vector<std::string> cors_origins;  ///< pages of these origins may use the server too
    std::string log_level = "info";         ///< debug, info, error or off
    std::string tls_certificate;            ///< a PEM file; empty: no TLS
    std::string tls_private_key;            ///< empty: in the same file
    std::optional<int> operator_port;       ///< for /healthz, /readyz and /metrics; none: they are not there
    std::string operator_host = "127.0.0.1";
    std::string trust_proxy;           ///< who may ask for others; empty: nobody
    bool trust_forwarded = false;      ///< and says so in the header Forwarded
    bool per_message_deflate = false;  ///< compression of WebSocket messages (RFC 7692)
    DataOptions data;                  ///< where what is said is kept
    double message_rate = 2;           ///< messages a second of one connection, and ten times as many at once
};

/// Runs the chat until SIGINT or SIGTERM; SIGHUP ends it, too, but with TLS it is how certificates are read again;
/// returns the exit status. Throws SetupError if it cannot start.
int serve(const ServeOptions& options);

/// Adds the command to the program.
void add_serve(CLI::App& program, Chosen& chosen);

}  // namespace parley
