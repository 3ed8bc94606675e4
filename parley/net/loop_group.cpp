// SPDX-License-Identifier: MIT
#include "parley/net/loop_group.hpp"

#include <algorithm>
#include <latch>
#include <system_error>
#include <utility>

#include "parley/base/error.hpp"

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

void LoopGroup::run() {
    start_threads();
    run_member(0);
    stop_threads();
}

// When this returns they all run: from now on whatever is theirs is left to them.
void LoopGroup::start_threads() {
    if (owned_.empty()) return;
    const auto begun = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(owned_.size()));
    try {
        for (std::size_t i = 1; i < loops_.size(); ++i) {
            threads_.emplace_back([this, i] { run_member(i); });
            loops_[i]->post([begun] { begun->count_down(); });
        }
    } catch (const std::system_error& error) {
        stop_threads();
        throw SetupError({ErrorCode::limit_exceeded, "The system has no thread for each of the loops (" +
                                                         std::string(error.what()) + "): ask for fewer threads."});
    }
    begun->wait();
}

void LoopGroup::stop_threads() noexcept {
    for (std::size_t i = 1; i <= threads_.size(); ++i)
        loops_[i]->stop();
    for (std::thread& thread : threads_)
        thread.join();
    threads_.clear();
}

// A loop that comes or leaves in the middle of a halt stands still, too.
void LoopGroup::run_member(std::size_t index) {
    if (owned_.empty()) return loops_[index]->run();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !is_halted_; });
    ++running_;
    lock.unlock();
    loops_[index]->run();
    lock.lock();
    stand_still(lock);
    --running_;
}

void LoopGroup::begin_halt() {
    if (owned_.empty()) return;
    std::unique_lock lock(mutex_);
    if (running_ == 0) return;
    const bool is_member = std::ranges::any_of(loops_, [](const Loop* loop) { return loop->is_current(); });
    // Who waits for the end of another halt stands still for that.
    if (is_member) ++parked_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !is_halted_; });
    is_halted_ = true;
    lock.unlock();
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        if (!loops_[i]->is_current()) gates_[i]->post([this] { park(); });
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
