// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "parley/base/reference.hpp"
#include "parley/base/time.hpp"
#include "parley/tls/client_options.hpp"

namespace parley::client {

/// What has been made of `DialOptions::tls`.
class PreparedTls;
void retain(PreparedTls*) noexcept;
void release(PreparedTls*) noexcept;

/// How a client reaches a server.
struct DialOptions {
    /// For all of it: the look-up of the name, every address, the proxy. Beyond: `ErrorCode::timed_out`.
    Duration connect_timeout = std::chrono::seconds(20);

    /// After so long without an answer of one address the next one is tried beside it (RFC 8305 §5).
    Duration fallback_delay = std::chrono::milliseconds(250);

    /// Addresses of one name that are tried; others are left alone. At least one.
    std::size_t addresses_max = 8;

    /// A Unix-domain socket of this machine to connect to, whatever host the URL names, as a daemon has it
    /// (`/run/parley/chat.sock`). Then no name is looked up and no proxy asked. Empty: none.
    std::string socket_path{};

    /// A proxy to go through: `http://user:password@proxy.example:3128`, which is asked to CONNECT (RFC 9110 §9.3.6),
    /// or `socks5://proxy.example:1080` (RFC 1928 and 1929). The proxy looks the server's name up. Empty: none.
    std::string proxy{};

    /// Where no proxy is asked: names, each with all names beneath it, addresses, or `*`; each may have a port.
    std::vector<std::string> no_proxy{};

    /// Where there is no `proxy`, to take it from HTTPS_PROXY or HTTP_PROXY, else from ALL_PROXY, and NO_PROXY beside
    /// `no_proxy`; in small letters, too, which come first. HTTP_PROXY in capitals is no choice of the user where
    /// REQUEST_METHOD is set: a web server makes it of a header there.
    bool uses_proxy_of_environment = false;

    /// Of the answer of an HTTP proxy, at most 65,535. Beyond: `ErrorCode::limit_exceeded`.
    std::size_t proxy_head_bytes_max = 16 * 1024;

    /// For `https` and `wss`: whom to trust, and what to show.
    TlsClientOptions tls{};
    /// Left to the library: what has been made of `tls`, for all connections.
    Reference<PreparedTls> prepared_tls{};
};

}  // namespace parley::client
