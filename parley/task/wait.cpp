// SPDX-License-Identifier: MIT
#include "parley/task/wait.hpp"

#include <algorithm>

#include "parley/net/exact_timer.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/mailbox.hpp"
#include "parley/task/root.hpp"

namespace parley::task {

WaitCore::WaitCore() = default;
WaitCore::~WaitCore() = default;

bool WaitCore::is_done() {
    const std::lock_guard held(mutex_);
    return is_done_;
}

bool WaitCore::suspend(std::coroutine_handle<> coroutine, Root& root, std::chrono::milliseconds limit) {
    std::unique_ptr<net::ExactTimer> timer;
    if (limit >= std::chrono::milliseconds::zero() && root.gate().is_open()) {
        net::Loop& loop = root.gate().loop();
        timer = std::make_unique<net::ExactTimer>(loop,
                                                  [this] { fail({ErrorCode::timed_out, "operation has timed out"}); });
        timer->start_at(loop.deadline_after(limit));
    }
    const std::lock_guard held(mutex_);
    if (is_done_) return false;
    coroutine_ = coroutine;
    root_ = &root;
    gate_ = root.shared_gate();
    timer_ = std::move(timer);
    return true;
}

void WaitCore::abandon() noexcept {
    {
        const std::lock_guard held(mutex_);
        is_abandoned_ = true;
        coroutine_ = nullptr;
    }
    timer_.reset();
    if (!on_abandoned) return;
    try {
        std::exchange(on_abandoned, nullptr)();
    } catch (const std::bad_alloc&) {  // then what would have come is dropped when it comes
    }
}

// What drops things is in the middle of something: the task goes on behind that.
void WaitCore::drop() noexcept {
    {
        const std::lock_guard held(mutex_);
        goes_on_later_ = true;
    }
    try {
        fail({ErrorCode::disconnected, "what was waited for will not come: its socket, client or server is gone"});
    } catch (const std::bad_alloc&) {  // no memory for the words
        fail({ErrorCode::disconnected, {}});
    }
}

// At once where the task may: so of two events that come together a task that waits for one after the other gets both.
void WaitCore::finish(std::unique_lock<std::mutex> lock) noexcept {
    is_done_ = true;
    if (!coroutine_) return;
    const std::shared_ptr<WaitCore> self = shared_from_this();
    const std::shared_ptr<net::LoopGate> gate = gate_;
    const bool is_now = !goes_on_later_ && gate->mailbox().is_in_turn();
    if (!is_now) self_ = self;
    lock.unlock();
    if (is_now) return wake();
    gate->post(*this);
}

void WaitCore::run_posted() noexcept {
    const std::shared_ptr<WaitCore> self = std::move(self_);
    wake();
}

void WaitCore::wake() noexcept {
    std::coroutine_handle<> coroutine;
    {
        const std::lock_guard held(mutex_);
        if (!gate_->is_open()) return;  // its home ends it
        coroutine = std::exchange(coroutine_, nullptr);
    }
    if (!coroutine) return;
    timer_.reset();
    root_->resume(coroutine);
}

Error waited_before() {
    return {ErrorCode::invalid_argument, "this was waited for before: what came then was given then"};
}

}  // namespace parley::task
