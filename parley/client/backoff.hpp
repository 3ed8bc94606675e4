// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "parley/base/entropy.hpp"
#include "parley/base/time.hpp"

namespace parley::client {

/// How long to wait before each attempt to connect again.
struct BackoffOptions {
    Duration delay;              ///< before the first one, doubled with each further one
    Duration delay_max;          ///< at most
    double randomization = 0.5;  ///< the part of it that chance may take away, so that clients do not come all at once
};

/// The delays of a client that has lost its server.
///
/// Chance takes from each delay when it has been bounded, so that those at the bound are spread, too. Only a connection
/// that has lasted begins the row anew: a server that accepts and drops is met with growing delays.
class Backoff {
 public:
    explicit Backoff(const BackoffOptions& options) noexcept : options_(options) {}

    /// Before the next attempt.
    [[nodiscard]] Duration next(EntropySource& entropy);
    /// A connection is over that was open for so long.
    void note_connection(Duration lasted) noexcept;

 private:
    const BackoffOptions options_;
    std::uint32_t attempts_ = 0;
};

}  // namespace parley::client
