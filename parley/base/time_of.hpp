// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <type_traits>

#include "parley/base/time.hpp"

namespace parley {

namespace detail {

template <typename T>
concept Number = std::is_arithmetic_v<T>;

/// Says what a bare number lacks: in JavaScript it would be milliseconds, and nothing here says so.
template <typename Count>
constexpr void refuse_bare_number() {
    static_assert(!Number<Count>,
                  "parley: a time has its unit: write 300ms (with `using namespace std::chrono_literals;`) or "
                  "std::chrono::milliseconds(300), not 300");
}

}  // namespace detail

/// A time that a program gives, in `Unit`s: any of std::chrono that is a whole number of them, as in `300ms`, or
/// `Milliseconds(300)`.
template <typename Unit>
class TimeOf : public Unit {
 public:
    template <typename Rep, typename Period>
        requires std::is_convertible_v<std::chrono::duration<Rep, Period>, Unit>
    constexpr TimeOf(const std::chrono::duration<Rep, Period>& time) : Unit(time) {}
    template <typename Count>
        requires detail::Number<Count> && std::is_convertible_v<Count, typename Unit::rep>
    constexpr explicit TimeOf(Count count) : Unit(count) {}
    // What is not explicit; that is preferred where it can be.
    template <typename Count>
        requires detail::Number<Count>
    constexpr TimeOf(Count) : Unit(Unit::zero()) {
        detail::refuse_bare_number<Count>();
    }
};

using Milliseconds = TimeOf<std::chrono::milliseconds>;
using Seconds = TimeOf<std::chrono::seconds>;

/// A time from now on, for a timer: any of std::chrono, also one with a fraction: see `to_duration`.
class Delay : public Duration {
 public:
    template <typename Rep, typename Period>
    constexpr Delay(const std::chrono::duration<Rep, Period>& time) : Duration(to_duration(time)) {}
    template <detail::Number Count>
    constexpr Delay(Count) : Duration(Duration::zero()) {
        detail::refuse_bare_number<Count>();
    }
};

}  // namespace parley
