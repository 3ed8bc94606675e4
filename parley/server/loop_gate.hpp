// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "parley/base/function.hpp"

namespace parley::net {
class Loop;
}

namespace parley::server::detail {

/// Any thread: the way to a server's loop for as long as the server lives.
///
/// Every handle reaches its server through one. Until the loop has run once it is nobody's thread, so that what other
/// threads do while the server starts is posted, too.
class LoopGate : public std::enable_shared_from_this<LoopGate> {
 public:
    explicit LoopGate(net::Loop& loop) : loop_(&loop) {}

    /// Whether the caller is on the loop of a server that lives.
    [[nodiscard]] bool is_here() const noexcept {
        return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
    }

    /// The loop calls: its thread is this one.
    void enter() noexcept {
        if (!is_here()) thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    }

    /// Runs `function` on the loop, soon, unless the server goes away before. False when it has gone.
    bool post(Function<void()> function);

    /// The server goes away.
    void close();

 private:
    std::mutex mutex_;
    net::Loop* loop_;
    std::atomic<bool> is_open_ = true;
    std::atomic<std::thread::id> thread_;
};

}  // namespace parley::server::detail
