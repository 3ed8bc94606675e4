// SPDX-License-Identifier: MIT
#include "parley/net/timer_wheel.hpp"

#include <algorithm>
#include <bit>

namespace parley::net::detail {

TimerWheel::TimerWheel(TimePoint now) : elapsed_(tick_of(now)) {}

void TimerWheel::start(TimerNode& node, TimePoint deadline) {
    stop(node);
    const auto nanoseconds =
        static_cast<std::uint64_t>(std::max<Duration::rep>(deadline.time_since_epoch().count(), 0));
    const std::uint64_t rounded_up = (nanoseconds + (std::uint64_t{1} << tick_shift) - 1) >> tick_shift;
    node.tick_ = std::max(rounded_up, elapsed_ + 1);
    insert(node);
}

void TimerWheel::stop(TimerNode& node) noexcept {
    node.unlink();
    if (node.slot_ == TimerNode::no_slot) return;
    if (slots_[node.slot_].empty()) {
        occupied_[node.slot_ / slots_per_level] &= ~(std::uint64_t{1} << (node.slot_ % slots_per_level));
    }
    node.slot_ = TimerNode::no_slot;
}

// The level is that of the highest digit (base 64) in which the node's tick differs from the present one, so a slot
// never mixes two rounds of its level. A tick beyond the last level waits there and is looked at once per round.
void TimerWheel::insert(TimerNode& node) noexcept {
    const std::uint64_t differing = (elapsed_ ^ node.tick_) | (slots_per_level - 1);
    const int level = std::min((static_cast<int>(std::bit_width(differing)) - 1) / level_shift, levels - 1);
    const int index = static_cast<int>((node.tick_ >> (level * level_shift)) & (slots_per_level - 1));
    node.slot_ = static_cast<std::uint16_t>(level * slots_per_level + index);
    slots_[node.slot_].push_back(node);
    occupied_[static_cast<std::size_t>(level)] |= std::uint64_t{1} << index;
}

// Everything on a level is due before anything on the level above: the first level that holds anything has the answer.
TimerWheel::Slot TimerWheel::next_slot() const noexcept {
    for (int level = 0; level < levels; ++level) {
        const std::uint64_t occupied = occupied_[static_cast<std::size_t>(level)];
        if (occupied == 0) continue;
        const int shift = level * level_shift;
        const int present = static_cast<int>((elapsed_ >> shift) & (slots_per_level - 1));
        const int index = (present + std::countr_zero(std::rotr(occupied, present))) & (slots_per_level - 1);
        const std::uint64_t round = std::uint64_t{1} << (shift + level_shift);
        std::uint64_t tick = (elapsed_ & ~(round - 1)) + (static_cast<std::uint64_t>(index) << shift);
        if (tick <= elapsed_) tick += round;
        return {level, index, tick};
    }
    return {};
}

TimePoint TimerWheel::next_wake() const noexcept {
    const Slot slot = next_slot();
    if (!slot.exists()) return no_deadline;
    return TimePoint(Duration(static_cast<Duration::rep>(slot.tick << tick_shift)));
}

void TimerWheel::advance_to(std::uint64_t present, IntrusiveList<TimerNode>& expired) {
    for (Slot slot = next_slot(); slot.exists() && slot.tick <= present; slot = next_slot()) {
        elapsed_ = slot.tick;
        IntrusiveList<TimerNode> nodes;
        nodes.take_all(
            slots_[static_cast<std::size_t>(slot.level) * slots_per_level + static_cast<std::size_t>(slot.index)]);
        occupied_[static_cast<std::size_t>(slot.level)] &= ~(std::uint64_t{1} << slot.index);
        while (TimerNode* node = nodes.pop_front()) {
            if (node->tick_ > elapsed_) {
                insert(*node);
            } else {
                node->slot_ = TimerNode::no_slot;
                expired.push_back(*node);
            }
        }
    }
    elapsed_ = present;
}

void TimerWheel::clear() noexcept {
    for (auto& slot : slots_) {
        while (TimerNode* node = slot.pop_front())
            node->slot_ = TimerNode::no_slot;
    }
    occupied_.fill(0);
}

}  // namespace parley::net::detail
