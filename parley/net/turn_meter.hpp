// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <vector>

#include "parley/base/counter.hpp"
#include "parley/base/function.hpp"
#include "parley/base/time.hpp"
#include "parley/net/loop_lag.hpp"

namespace parley::net {

class Loop;

/// Somebody who counts and hears of the turns of a loop that took too long.
///
/// Belongs to the loop's thread, or to anybody before that runs, and must be destroyed before the loop.
class SlowTurnWatch {
 public:
    /// Calls `on_slow` at the end of every turn that took longer than `slow`, with how long that was. It may post, and
    /// must neither throw nor destroy anything of the loop's.
    SlowTurnWatch(Loop& loop, Duration slow, Function<void(Duration)> on_slow);
    SlowTurnWatch(const SlowTurnWatch&) = delete;
    SlowTurnWatch& operator=(const SlowTurnWatch&) = delete;
    ~SlowTurnWatch();

    /// Any thread: such turns so far.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
    friend class TurnMeter;

    Loop& loop_;
    const Duration slow_;
    Function<void(Duration)> on_slow_;
    Counter count_;
};

/// How long the turns of a loop take. Two readings of the clock for each are all that it costs, and the loop has those:
/// one for its timers, one for how long it may sleep.
class TurnMeter {
 public:
    void begin(TimePoint now) noexcept { began_.store(now, std::memory_order_relaxed); }
    void end(TimePoint now) noexcept;

    /// Any thread, all of it: `LoopLag` but for `slow_turns`.
    [[nodiscard]] LoopLag read(TimePoint now) const noexcept;
    /// Any thread: a turn that ends just now may count for the time before.
    void reset() noexcept { longest_.store(Duration::zero(), std::memory_order_relaxed); }

 private:
    friend class SlowTurnWatch;

    static constexpr TimePoint asleep = no_deadline;

    std::atomic<TimePoint> began_ = asleep;
    std::atomic<Duration> last_ = Duration::zero();
    std::atomic<Duration> longest_ = Duration::zero();
    std::vector<SlowTurnWatch*> watches_;
};

}  // namespace parley::net
