// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "parley/base/function.hpp"

namespace parley::net {

class Backend;

/// Everything of a loop that other threads touch: the functions that wait to run on it, the wish to stop, and whose
/// turn it is. Shared with those who may outlive the loop: it takes nothing more once the loop has closed it.
class Mailbox {
 public:
    explicit Mailbox(Backend& backend) : backend_(&backend) {}

    /// Any thread: adds a function and wakes the loop if it may sleep. False when closed; the function is destroyed.
    bool push(Function<void()> function);

    /// All that wait, in order.
    std::vector<Function<void()>> take();
    [[nodiscard]] bool is_empty() const noexcept { return !has_mail_.load(std::memory_order_acquire); }

    /// Any thread.
    void request_stop();
    [[nodiscard]] bool is_stop_requested() const noexcept { return stop_requested_.load(std::memory_order_acquire); }
    /// Whether a stop was requested since this was last called.
    bool take_stop() noexcept { return stop_requested_.exchange(false, std::memory_order_acq_rel); }

    void begin_turn() noexcept;
    void end_turn() noexcept { turn_thread_.store(std::thread::id{}, std::memory_order_relaxed); }
    /// Any thread: whether this thread is between `begin_turn` and `end_turn`. Only a thread's own id can equal its id,
    /// so no order is needed.
    [[nodiscard]] bool is_in_turn() const noexcept {
        return turn_thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
    }
    /// Any thread: whether the last turn was, or is, this thread's.
    [[nodiscard]] bool is_loop_thread() const noexcept {
        return loop_thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
    }

    /// The loop is about to end: takes and wakes no more. What still waits is destroyed.
    void close();

 private:
    std::mutex mutex_;
    Backend* backend_;  // null when closed
    std::vector<Function<void()>> functions_;
    std::atomic<bool> has_mail_ = false;
    std::atomic<bool> stop_requested_ = false;
    std::atomic<std::thread::id> turn_thread_{};
    std::atomic<std::thread::id> loop_thread_{};
};

}  // namespace parley::net
