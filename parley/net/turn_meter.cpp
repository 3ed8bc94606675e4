// SPDX-License-Identifier: MIT
#include "parley/net/turn_meter.hpp"

#include <algorithm>
#include <utility>

#include "parley/net/loop.hpp"

namespace parley::net {

SlowTurnWatch::SlowTurnWatch(Loop& loop, Duration slow, Function<void(Duration)> on_slow)
    : loop_(loop), slow_(slow), on_slow_(std::move(on_slow)) {
    loop_.meter_.watches_.push_back(this);
}

SlowTurnWatch::~SlowTurnWatch() {
    std::erase(loop_.meter_.watches_, this);
}

void TurnMeter::end(TimePoint now) noexcept {
    const Duration took = now - began_.load(std::memory_order_relaxed);
    began_.store(asleep, std::memory_order_relaxed);
    last_.store(took, std::memory_order_relaxed);
    if (took > longest_.load(std::memory_order_relaxed)) longest_.store(took, std::memory_order_relaxed);
    for (SlowTurnWatch* const watch : watches_) {
        if (took <= watch->slow_) continue;
        ++watch->count_;
        watch->on_slow_(took);
    }
}

LoopLag TurnMeter::read(TimePoint now) const noexcept {
    const TimePoint began = began_.load(std::memory_order_relaxed);
    // It may have begun when `now` was read already.
    const Duration present = began == asleep ? Duration::zero() : std::max(now - began, Duration::zero());
    return {.last = last_.load(std::memory_order_relaxed),
            .longest = longest_.load(std::memory_order_relaxed),
            .present = present};
}

}  // namespace parley::net
