// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>

#include "parley/base/time.hpp"

namespace parley::client {

/// How a client reaches a server.
struct DialOptions {
    /// For all of it: the look-up of the name, every address. Beyond: `ErrorCode::timed_out`.
    Duration connect_timeout = std::chrono::seconds(20);

    /// After so long without an answer of one address the next one is tried beside it (RFC 8305 §5).
    Duration fallback_delay = std::chrono::milliseconds(250);

    /// Addresses of one name that are tried; others are left alone. At least one.
    std::size_t addresses_max = 8;
};

}  // namespace parley::client
