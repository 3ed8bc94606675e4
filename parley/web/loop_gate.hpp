// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

#include "parley/base/function.hpp"
#include "parley/net/loop.hpp"

namespace parley::web {

/// The way from other threads to an application's loop, which stays safe when the application is gone.
///
/// Handles share it: whoever holds one may post at any time. Any thread.
class LoopGate {
 public:
    explicit LoopGate(net::Loop& loop) : loop_(&loop), thread_(std::this_thread::get_id()) {}

    /// Runs `function` on the loop, soon. False if the application is gone; `function` is then destroyed here.
    bool post(Function<void()> function) {
        const std::lock_guard lock(mutex_);
        if (loop_ == nullptr) return false;
        loop_->post(std::move(function));
        return true;
    }

    /// Whether the caller is on the loop's thread: the one that runs it, or, as long as none does, the one that made
    /// the application.
    [[nodiscard]] bool is_loop_thread() const {
        return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
    }

    /// From now on the caller's thread is the loop's.
    void enter_thread() { thread_.store(std::this_thread::get_id(), std::memory_order_relaxed); }

    /// Whether the application is there. Of the loop's thread only: on another it may go at any time.
    [[nodiscard]] bool is_open() const { return loop_ != nullptr; }

    /// The application goes away. Of the loop's thread.
    void close() {
        const std::lock_guard lock(mutex_);
        loop_ = nullptr;
    }

 private:
    std::mutex mutex_;
    net::Loop* loop_;
    std::atomic<std::thread::id> thread_;
};

}  // namespace parley::web
