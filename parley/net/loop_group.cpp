// SPDX-License-Identifier: MIT
#include "parley/net/loop_group.hpp"

#include <algorithm>
#include <latch>
#include <system_error>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/net/mailbox.hpp"

namespace parley::net {

LoopGroup::LoopGroup(Loop& first, std::size_t threads) : loops_{&first} {
    while (loops_.size() < threads) {
        owned_.push_back(make_loop());
        loops_.push_back(owned_.back().get());
    }
    open_gates();
}

LoopGroup::LoopGroup(std::vector<Loop*> loops) : loops_(std::move(loops)) {
    open_gates();
}

LoopGroup::~LoopGroup() {
    for (const std::shared_ptr<LoopGate>& gate : gates_)
        gate->close();
}

void LoopGroup::open_gates() {
    for (Loop* const loop : loops_)
        gates_.push_back(std::make_shared<LoopGate>(*loop));
}

// All count from the beginning: a halt before the first turn of some loop waits for that.
void LoopGroup::run() {
    if (owned_.empty()) return loops_.front()->run();
    count(loops_.size());
    start_threads();
    loops_.front()->run();
    leave();
    stop_threads();
}

// When this returns they all have begun: from now on whatever is theirs is left to them.
void LoopGroup::start_threads() {
    std::latch begun(static_cast<std::ptrdiff_t>(owned_.size()));
    std::size_t started = 1;
    try {
        for (; started < loops_.size(); ++started) {
            threads_.emplace_back([this, &begun, i = started] {
                gates_[i]->mailbox().begin_run();
                begun.count_down();
                loops_[i]->run();
                leave();
            });
        }
    } catch (const std::system_error& error) {
        count(started - 1);
        stop_threads();
        throw SetupError({ErrorCode::limit_exceeded, "The system has no thread for each of the loops (" +
                                                         std::string(error.what()) + "): ask for fewer threads."});
    }
    begun.wait();
}

void LoopGroup::stop_threads() noexcept {
    for (std::size_t i = 1; i <= threads_.size(); ++i)
        loops_[i]->stop();
    for (std::thread& thread : threads_)
        thread.join();
    threads_.clear();
}

void LoopGroup::count(std::size_t running) {
    const std::lock_guard lock(mutex_);
    running_ = running;
    changed_.notify_all();
}

// A loop that leaves in the middle of a halt stands still, too.
void LoopGroup::leave() {
    std::unique_lock lock(mutex_);
    stand_still(lock);
    --running_;
}

void LoopGroup::begin_halt() {
    if (owned_.empty()) return;
    std::unique_lock lock(mutex_);
    if (running_ == 0) return;
    const auto is_here = [](const std::shared_ptr<LoopGate>& gate) { return gate->mailbox().is_in_turn(); };
    const bool is_member = std::ranges::any_of(gates_, is_here);
    // Who waits for the end of another halt stands still for that.
    if (is_member) ++parked_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !is_halted_; });
    is_halted_ = true;
    lock.unlock();
    for (const std::shared_ptr<LoopGate>& gate : gates_) {
        if (!is_here(gate)) gate->post([this] { park(); });
    }
    lock.lock();
    changed_.wait(lock, [this] { return parked_ == running_; });
    if (is_member) --parked_;
}

void LoopGroup::end_halt() noexcept {
    const std::lock_guard lock(mutex_);
    is_halted_ = false;
    changed_.notify_all();
}

void LoopGroup::park() noexcept {
    std::unique_lock lock(mutex_);
    stand_still(lock);
}

// Until nobody halts any more, also where the end of one halt is the beginning of another.
void LoopGroup::stand_still(std::unique_lock<std::mutex>& lock) {
    ++parked_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !is_halted_; });
    --parked_;
}

}  // namespace parley::net
