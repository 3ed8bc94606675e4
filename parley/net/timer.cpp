// SPDX-License-Identifier: MIT
#include "parley/net/timer.hpp"

#include "parley/net/loop.hpp"

namespace parley::net {

// The function is moved out while it runs, so that it survives a timer that it destroys.
void detail::TimerCall::run() {
    bool destroyed = false;
    destroyed_ = &destroyed;
    Function<void()> function = std::move(function_);
    loop_.contain(function);
    if (destroyed) return;
    destroyed_ = nullptr;
    function_ = std::move(function);
}

Timer::Timer(Loop& loop, Function<void()> on_expired) : call_(loop, std::move(on_expired)) {}

Timer::~Timer() {
    stop();
}

void Timer::start(Duration from_now) {
    // Not the turn's time, which lies somewhat back: a timer is never early.
    start_at(call_.loop().deadline_after(from_now));
}

void Timer::start_at(TimePoint deadline) {
    if (deadline == no_deadline) return stop();
    call_.loop().timers_.start(*this, deadline);
}

void Timer::stop() {
    if (is_running()) call_.loop().timers_.stop(*this);
}

}  // namespace parley::net
