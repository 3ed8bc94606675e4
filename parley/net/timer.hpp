// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "parley/base/function.hpp"
#include "parley/base/time.hpp"
#include "parley/net/timer_wheel.hpp"

namespace parley::net {

class Loop;

namespace detail {

/// What a timer calls, and what becomes of a timer that its own function destroys.
class TimerCall {
 public:
    TimerCall(Loop& loop, Function<void()> function) : loop_(loop), function_(std::move(function)) {}
    ~TimerCall() {
        if (destroyed_ != nullptr) *destroyed_ = true;
    }
    TimerCall(const TimerCall&) = delete;
    TimerCall& operator=(const TimerCall&) = delete;

    void run();
    [[nodiscard]] Loop& loop() const noexcept { return loop_; }

 private:
    Loop& loop_;
    bool* destroyed_ = nullptr;  // where to say that this was destroyed by its own function
    Function<void()> function_;
};

}  // namespace detail

/// A one-shot timer on a loop: calls its function once after `start`, unless stopped or destroyed before.
///
/// Never early, and about `timer_slack` late at most. Starting and stopping are O(1) without allocation: restart one on
/// every message if that is what you mean. It may be restarted, stopped or destroyed in any callback, its own included.
/// Belongs to its loop's thread and must be destroyed before the loop.
class Timer : private detail::TimerNode {
 public:
    Timer(Loop& loop, Function<void()> on_expired);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// Runs the function `from_now` from now; an armed timer is armed anew. Zero or less means as soon as possible,
    /// never inside this call.
    void start(Duration from_now);

    /// Runs the function at `deadline`. `no_deadline` stops, so `timer.start_at(machine.next_deadline())` is always
    /// right.
    void start_at(TimePoint deadline);

    void stop();
    [[nodiscard]] bool is_running() const noexcept { return is_linked(); }

 private:
    friend class Loop;

    detail::TimerCall call_;
};

}  // namespace parley::net
