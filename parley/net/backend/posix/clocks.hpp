// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <ctime>

#include "parley/base/time.hpp"

namespace parley::net::detail {

/// The time that never jumps. Any thread.
[[nodiscard]] inline TimePoint read_monotonic_clock() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return TimePoint(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

/// The calendar's. Any thread.
[[nodiscard]] inline WallTime read_wall_clock() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return WallTime(std::chrono::seconds(time.tv_sec) + std::chrono::milliseconds(time.tv_nsec / 1'000'000));
}

[[nodiscard]] inline timespec timespec_of(Duration time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return {.tv_sec = static_cast<std::time_t>(seconds.count()),
            .tv_nsec = static_cast<long>(Duration(time - seconds).count())};
}

}  // namespace parley::net::detail
