// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "parley/base/time_of.hpp"

namespace parley {

/// How a connection that is being closed is treated. Each is more than zero. A peer that takes longer is cut.
struct ClosingLimits {
    Milliseconds stall_timeout{10'000};       ///< for a peer that takes nothing of what is left to send
    std::size_t bytes_per_second_min = 1024;  ///< what it takes of that on average, behind a first `stall_timeout`
    Milliseconds linger_timeout{2'000};       ///< for the peer's end, when ours has been sent
    /// Octets that are taken in each `read_interval` of a peer of which only the end is awaited: they cover what a fast
    /// line has under way, and a flood costs little. More than that waits.
    std::size_t read_bytes_max = 256 * 1024;
    Milliseconds read_interval{100};
};

}  // namespace parley
