// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>

#include "parley/client/dialer.hpp"
#include "parley/client/proxy.hpp"

namespace parley::client {

/// Who is asked, and for what.
struct TunnelRequest {
    Proxy proxy;
    http::Url server;
    std::size_t head_bytes_max = 0;  ///< of the answer of an HTTP proxy
};

/// Asks a proxy, to which there is a connection, for one to the server.
///
/// `on_dialed` is told once, later: a stream without a handler, on which the next octet is the server's, or an error.
[[nodiscard]] std::unique_ptr<Dial> begin_tunnel(std::unique_ptr<net::Stream> stream, const TunnelRequest& request,
                                                 OnDialed on_dialed);

}  // namespace parley::client
