// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/http/response_parser.hpp"

namespace parley {

/// An address of a host.
struct ProbeAddress {
    sockaddr_storage address{};
    socklen_t size = 0;
    std::string text{};  ///< as in 127.0.0.1
};

/// The addresses of a host, best first; an error is a sentence. Asks the system's resolver, and waits for it.
Result<std::vector<ProbeAddress>> look_up(const std::string& host, std::uint16_t port);

/// What came back on a connection.
struct ProbeAnswer {
    int status = 0;  ///< 0: no HTTP
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};       ///< the first 64 KiB
    std::string octets{};     ///< what the connection began with, whatever it was
    std::string handshake{};  ///< of an answer to an upgrade: why it is none, else empty
    bool has_ended = false;   ///< before there was an answer

    /// The value of a header; empty without it.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// A question to a server.
struct ProbeRequest {
    std::string octets;
    http::ResponseTo kind = http::ResponseTo::request;
    std::string websocket_key{};  ///< of an upgrade: what the answer must prove to know
};

/// Whether a connection can be made; the error says why not.
Result<void> reach(const ProbeAddress& address, std::chrono::milliseconds timeout);

/// Asks on a connection of its own, and waits for the answer. The error says why there was no connection, or that
/// nothing came in time.
Result<ProbeAnswer> probe(const ProbeAddress& address, const ProbeRequest& request, std::chrono::milliseconds timeout);

/// Whether a server speaks TLS at this address, which it says by how it answers a broken greeting (RFC 8446 §5.1).
bool speaks_tls(const ProbeAddress& address, std::chrono::milliseconds timeout);
/// Whether octets are the beginning of a TLS record.
bool is_tls(std::string_view octets);

}  // namespace parley
