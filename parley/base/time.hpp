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

/// The calendar's time, as it is stored, shown and sent.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Any length of time, also one with a fraction such as `1s / 30.0`, to the nanosecond. What no Duration can hold is
/// the longest or the shortest one, and what is no number is zero.
template <typename Rep, typename Period>
constexpr Duration to_duration(std::chrono::duration<Rep, Period> time) noexcept {
    const double count = std::chrono::duration<double, Duration::period>(time).count();
    constexpr double limit = 9.2e18;  // nearly the longest one
    if (count >= limit) return Duration::max();
    if (count <= -limit) return Duration::min();
    if constexpr (!std::chrono::treat_as_floating_point_v<Rep>) return std::chrono::duration_cast<Duration>(time);
    return count == count ? Duration(static_cast<Duration::rep>(count + (count < 0 ? -0.5 : 0.5))) : Duration();
}

/// The deadline of a machine that waits for nothing.
inline constexpr TimePoint no_deadline = TimePoint::max();

}  // namespace parley
