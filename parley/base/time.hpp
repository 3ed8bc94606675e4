// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace parley {

/// The monotonic time line that protocol machines live on. It has no `now()`: whoever drives a machine passes the time.
struct MonotonicClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<MonotonicClock>;
    static constexpr bool is_steady = true;
};

using Duration = MonotonicClock::duration;
using TimePoint = MonotonicClock::time_point;

/// The deadline of a machine that waits for nothing.
inline constexpr TimePoint no_deadline = TimePoint::max();

}  // namespace parley
