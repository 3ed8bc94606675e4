// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "parley/base/function.hpp"

namespace parley::net {

/// Everything of a loop that other threads touch: the functions that wait to run on it, the wish to stop, and whose
/// turn it is.
class Mailbox {
 public:
    /// Any thread: adds a function; true when the loop has to be woken for it, because it is the first of a batch.
    bool push(Function<void()> function);

    /// All that wait, in order.
    std::vector<Function<void()>> take();
    [[nodiscard]] bool is_empty() const noexcept { return !has_mail_.load(std::memory_order_acquire); }

    /// Any thread.
    void request_stop() noexcept { stop_requested_.store(true, std::memory_order_release); }
    [[nodiscard]] bool is_stop_requested() const noexcept { return stop_requested_.load(std::memory_order_acquire); }
    /// Whether a stop was requested since this was last called.
    bool take_stop() noexcept { return stop_requested_.exchange(false, std::memory_order_acq_rel); }

    void begin_turn() noexcept { turn_thread_.store(std::this_thread::get_id(), std::memory_order_relaxed); }
    void end_turn() noexcept { turn_thread_.store(std::thread::id{}, std::memory_order_relaxed); }
    /// Any thread: whether this thread is between `begin_turn` and `end_turn`. Only a thread's own id can equal its id,
    /// so no order is needed.
    [[nodiscard]] bool is_in_turn() const noexcept {
        return turn_thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
    }

 private:
    std::mutex mutex_;
    std::vector<Function<void()>> functions_;
    std::atomic<bool> has_mail_ = false;
    std::atomic<bool> stop_requested_ = false;
    std::atomic<std::thread::id> turn_thread_{};
};

}  // namespace parley::net
