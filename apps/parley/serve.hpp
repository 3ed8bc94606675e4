// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/parley/command.hpp"

namespace parley {

/// What `parley serve` was asked for.
struct ServeOptions {
    std::optional<int> port;                ///< none: of the environment variable PORT, else 3000
    std::string host;                       ///< empty: all addresses of the machine
    std::vector<std::string> cors_origins;  ///< pages of these origins may use the server too
    std::string log_level = "info";         ///< debug, info, error or off
    std::string tls_certificate;            ///< a PEM file; empty: no TLS
    std::string tls_private_key;            ///< empty: in the same file
};

/// Runs the chat until SIGINT or SIGTERM; SIGHUP ends it, too, but with TLS it is how certificates are read again;
/// returns the exit status. Throws SetupError if it cannot start.
int serve(const ServeOptions& options);

/// Adds the command to the program.
void add_serve(CLI::App& program, Chosen& chosen);

}  // namespace parley
