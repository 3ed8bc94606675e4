// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "parley/base/intrusive_list.hpp"
#include "parley/base/time.hpp"

namespace parley::net {

/// How late a timer may fire when the loop is not busy: one tick of the wheel and the sleep's own rounding.
inline constexpr Duration timer_slack = std::chrono::milliseconds(16);

namespace detail {

/// What the wheel keeps of a timer.
class TimerNode : public ListHook {
 private:
    friend class TimerWheel;
    static constexpr std::uint16_t no_slot = 0xffff;

    std::uint64_t tick_ = 0;
    std::uint16_t slot_ = no_slot;
};

/// One coarse hierarchical timer wheel: starting and stopping are O(1) and allocate nothing, so a hundred thousand
/// heartbeats cost two list operations each per beat.
///
/// A tick is 2^23 ns (8.4 ms). Deadlines are rounded up to it, so nothing expires early. Level 0 has one slot per tick,
/// each higher level slots 64 times as wide; a timer of a higher level moves down when its slot begins. One bit per
/// slot says whether it holds anything, so finding the next wake-up looks at five words.
class TimerWheel {
 public:
    explicit TimerWheel(TimePoint now);

    /// Arms `node` for `deadline`, again if it is armed. A deadline that has passed expires with the next tick.
    void start(TimerNode& node, TimePoint deadline);
    void stop(TimerNode& node) noexcept;

    /// When `advance` has something to do next; `no_deadline` when nothing is armed.
    [[nodiscard]] TimePoint next_wake() const noexcept;

    /// Moves every node whose deadline has passed to the end of `expired`, in the order of their ticks.
    void advance(TimePoint now, IntrusiveList<TimerNode>& expired) {
        // A busy loop has many turns within a tick.
        if (const std::uint64_t present = tick_of(now); present > elapsed_) advance_to(present, expired);
    }

    /// Forgets every armed node.
    void clear() noexcept;

 private:
    static constexpr int tick_shift = 23;
    static constexpr int level_shift = 6;
    static constexpr int slots_per_level = 1 << level_shift;
    static constexpr int levels = 5;

    struct Slot {
        int level = 0;
        int index = 0;
        std::uint64_t tick = 0;  // when the slot begins
        [[nodiscard]] bool exists() const { return tick != 0; }
    };

    [[nodiscard]] static std::uint64_t tick_of(TimePoint time) noexcept {
        const Duration::rep count = time.time_since_epoch().count();
        return count > 0 ? static_cast<std::uint64_t>(count) >> tick_shift : 0;
    }
    void advance_to(std::uint64_t present, IntrusiveList<TimerNode>& expired);
    [[nodiscard]] Slot next_slot() const noexcept;
    void insert(TimerNode& node) noexcept;

    std::uint64_t elapsed_;  // every tick up to this one has been handled
    std::array<std::uint64_t, levels> occupied_{};
    std::array<IntrusiveList<TimerNode>, static_cast<std::size_t>(levels) * slots_per_level> slots_;
};

}  // namespace detail
}  // namespace parley::net
