// SPDX-License-Identifier: MIT
#include "parley/net/timer.hpp"

#include "parley/net/backend/backend.hpp"
#include "parley/net/loop.hpp"

namespace parley::net {

Timer::Timer(Loop& loop, Function<void()> on_expired) : loop_(loop), on_expired_(std::move(on_expired)) {}

Timer::~Timer() {
    if (destroyed_ != nullptr) *destroyed_ = true;
    stop();
}

void Timer::start(Duration from_now) {
    // Not the turn's time, which lies somewhat back: a timer is never early.
    const TimePoint now = loop_.backend_->now();
    start_at(from_now < no_deadline - now ? now + from_now : no_deadline - Duration(1));
}

void Timer::start_at(TimePoint deadline) {
    if (deadline == no_deadline) return stop();
    loop_.timers_.start(*this, deadline);
}

void Timer::stop() {
    if (is_running()) loop_.timers_.stop(*this);
}

// The function is moved out while it runs, so that it survives a timer that it destroys.
void Timer::expire() {
    bool destroyed = false;
    destroyed_ = &destroyed;
    Function<void()> on_expired = std::move(on_expired_);
    loop_.contain(on_expired);
    if (destroyed) return;
    destroyed_ = nullptr;
    on_expired_ = std::move(on_expired);
}

}  // namespace parley::net
