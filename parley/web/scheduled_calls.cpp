// SPDX-License-Identifier: MIT
#include "parley/web/scheduled_calls.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

#include "parley/net/call_frame.hpp"
#include "parley/net/exact_timer.hpp"

namespace parley {

namespace web {

/// One call: counted by its handles, of which the application's list has one while the timer runs.
class ScheduledCallState {
 public:
    ScheduledCallState(ScheduledCalls& its_owner, std::shared_ptr<net::LoopGate> gate,
                       ScheduledCalls::Schedule its_schedule)
        : schedule(its_schedule), owner_(its_owner), gate_(std::move(gate)) {}

    void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
    }

    // Any thread.
    std::atomic<bool> is_pending = true;
    [[nodiscard]] net::LoopGate& gate() const noexcept { return *gate_; }
    void cancel(const ScheduledCall& handle) {
        is_pending.store(false, std::memory_order_release);
        if (gate_->is_here()) return owner_.remove(*this);
        gate_->post([this, handle] { owner_.remove(*this); });  // the handle keeps this
    }

    // The loop's thread.
    static constexpr std::size_t nowhere = SIZE_MAX;
    Function<void()> function;
    const ScheduledCalls::Schedule schedule;
    std::optional<net::ExactTimer> timer;
    TimePoint deadline{};
    std::size_t index = nowhere;  // in the owner's list

 private:
    std::atomic<std::uint32_t> references_ = 0;
    ScheduledCalls& owner_;  // there while the gate is open
    const std::shared_ptr<net::LoopGate> gate_;
};

namespace {

// The first moment after `now` in the rhythm in which `last` was one: ticks that have passed are not made up.
TimePoint next_tick(TimePoint last, Duration interval, TimePoint now) {
    const Duration::rep passed = now > last ? (now - last) / interval : 0;
    const TimePoint latest = last + passed * interval;
    return interval < no_deadline - latest ? latest + interval : no_deadline - Duration(1);
}

}  // namespace

ScheduledCalls::ScheduledCalls(net::Loop& loop, std::shared_ptr<net::LoopGate> gate, ErrorReporter& errors)
    : loop_(loop), gate_(std::move(gate)), errors_(errors) {}

void ScheduledCalls::cancel_all() {
    while (!calls_.empty()) {
        const ScheduledCall call = calls_.back();
        call.state_->is_pending.store(false, std::memory_order_release);
        remove(*call.state_);
    }
}

ScheduledCall ScheduledCalls::add(Function<void()> function, Schedule schedule) {
    net::keep(*gate_, function);
    const ScheduledCall call(*new ScheduledCallState(*this, gate_, schedule));
    Arrival arrival(call, std::move(function));
    if (gate_->is_here()) {
        begin(arrival);
    } else {
        gate_->post([this, arrival = std::move(arrival)]() mutable { begin(arrival); });
    }
    return call;
}

ScheduledCalls::Arrival::~Arrival() {
    if (call_.state_ != nullptr) call_.state_->is_pending.store(false, std::memory_order_release);
}

ScheduledCall ScheduledCalls::Arrival::take() {
    call_.state_->function = std::move(function_);
    return std::move(call_);
}

void ScheduledCalls::begin(Arrival& arrival) {
    if (!arrival.is_awaited()) return;
    ScheduledCall taken = arrival.take();
    ScheduledCallState& call = *taken.state_;
    call.timer.emplace(loop_, [this, &call] { run(call); });
    call.deadline = loop_.deadline_after(call.schedule.delay);
    call.timer->start_at(call.deadline);
    call.index = calls_.size();
    calls_.push_back(std::move(taken));
}

void ScheduledCalls::run(ScheduledCallState& call) {
    const ScheduledCall guard(call);
    const bool repeats = call.schedule.interval > Duration::zero();
    if (!call.is_pending.load(std::memory_order_acquire)) return remove(call);
    Function<void()> function = std::move(call.function);
    if (repeats) {
        call.deadline = next_tick(call.deadline, call.schedule.interval, loop_.now());
        call.timer->start_at(call.deadline);
    } else {
        call.is_pending.store(false, std::memory_order_release);
        remove(call);
    }
    errors_.contain(repeats ? "every" : "after", [&] {
        const net::CallFrame frame(call.gate());
        function();
    });
    // It may have cancelled itself, or even ended the application.
    if (repeats && call.is_pending.load(std::memory_order_acquire)) call.function = std::move(function);
}

void ScheduledCalls::remove(ScheduledCallState& call) {
    if (call.index == ScheduledCallState::nowhere) return;
    // What the function holds goes last: its destructors may do anything.
    const ScheduledCall guard = calls_[call.index];
    const Function<void()> unused_function = std::move(call.function);
    call.timer.reset();
    if (call.index + 1 < calls_.size()) {
        std::swap(calls_[call.index], calls_.back());
        calls_[call.index].state_->index = call.index;
    }
    calls_.pop_back();
    call.index = ScheduledCallState::nowhere;
}

}  // namespace web

ScheduledCall::ScheduledCall(web::ScheduledCallState& state) noexcept : state_(&state) {
    state_->retain();
}

ScheduledCall::ScheduledCall(const ScheduledCall& other) noexcept : state_(other.state_) {
    if (state_ != nullptr) state_->retain();
}

ScheduledCall::ScheduledCall(ScheduledCall&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}

ScheduledCall& ScheduledCall::operator=(ScheduledCall other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

ScheduledCall::~ScheduledCall() {
    if (state_ != nullptr) state_->release();
}

void ScheduledCall::cancel() const {
    if (state_ != nullptr) state_->cancel(*this);
}

bool ScheduledCall::is_pending() const noexcept {
    return state_ != nullptr && state_->is_pending.load(std::memory_order_acquire);
}

}  // namespace parley
