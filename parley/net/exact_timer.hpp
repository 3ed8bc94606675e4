// SPDX-License-Identifier: MIT
#pragma once

#include "parley/base/function.hpp"
#include "parley/base/time.hpp"
#include "parley/net/deadline_heap.hpp"
#include "parley/net/timer.hpp"

namespace parley::net {

/// A one-shot timer on a loop that is not rounded: for what the program has asked for, where `Timer` is for heartbeats
/// and time-outs.
///
/// Never early, and late by no more than the operating system's sleep and what the loop is busy with. Those that expire
/// in one turn are called in the order of their deadlines. Otherwise as a `Timer`; starting is O(1), stopping O(log n)
/// on average, and neither allocates.
class ExactTimer : private detail::DeadlineNode {
 public:
    ExactTimer(Loop& loop, Function<void()> on_expired);
    ~ExactTimer();
    ExactTimer(const ExactTimer&) = delete;
    ExactTimer& operator=(const ExactTimer&) = delete;

    /// Runs the function at `deadline`, also if that has passed, but never inside this call; an armed timer is armed
    /// anew. `no_deadline` stops.
    void start_at(TimePoint deadline);
    void stop();
    [[nodiscard]] bool is_running() const noexcept { return detail::DeadlineHeap::is_armed(*this); }

 private:
    friend class Loop;

    detail::TimerCall call_;
};

}  // namespace parley::net
