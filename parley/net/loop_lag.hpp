// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "parley/base/time.hpp"

namespace parley {

/// How late a loop notices what happens. It does one thing after the other: while a turn of it lasts, whatever else
/// happens on it waits, so that the length of its turns is the longest that anything had to wait.
struct LoopLag {
    Duration last{};               ///< the last turn that is over
    Duration longest{};            ///< the longest since the start, or since this was reset
    Duration present{};            ///< the turn that is under way, so far; zero while the loop sleeps
    std::uint64_t slow_turns = 0;  ///< those so far that took longer than `ApplicationOptions::slow_turn`
};

}  // namespace parley
