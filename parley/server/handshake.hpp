// SPDX-License-Identifier: MIT
#pragma once

#include "parley/engine/handshake_request.hpp"

namespace parley {

/// The request that opened a connection: its URL, headers and query, and where it came from.
///
/// All sockets of one connection share it, and it stays as it was when the connection is upgraded or gone. What the
/// client said to one namespace is `Socket::auth()`.
using Handshake = engine::HandshakeRequest;

}  // namespace parley
