// SPDX-License-Identifier: MIT
#include "parley/net/exact_timer.hpp"

#include <algorithm>
#include <utility>

#include "parley/net/loop.hpp"

namespace parley::net {

ExactTimer::ExactTimer(Loop& loop, Function<void()> on_expired) : call_(loop, std::move(on_expired)) {}

ExactTimer::~ExactTimer() {
    stop();
}

void ExactTimer::start_at(TimePoint deadline) {
    if (deadline == no_deadline) return stop();
    call_.loop().exact_timers_.start(*this, std::max(deadline, TimePoint{}));  // none lies before the clock began
}

void ExactTimer::stop() {
    if (is_running()) call_.loop().exact_timers_.stop(*this);
}

}  // namespace parley::net
