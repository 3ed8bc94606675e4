// SPDX-License-Identifier: MIT
#include "parley/server/loop_gate.hpp"

#include <utility>

#include "parley/net/loop.hpp"

namespace parley::server::detail {

bool LoopGate::post(Function<void()> function) {
    const std::lock_guard lock(mutex_);
    if (loop_ == nullptr) return false;
    loop_->post([gate = shared_from_this(), function = std::move(function)]() mutable {
        if (!gate->is_open_.load(std::memory_order_acquire)) return;
        gate->enter();
        function();
    });
    return true;
}

void LoopGate::close() {
    const std::lock_guard lock(mutex_);
    loop_ = nullptr;
    is_open_.store(false, std::memory_order_release);
    thread_.store(std::thread::id(), std::memory_order_relaxed);
}

}  // namespace parley::server::detail
