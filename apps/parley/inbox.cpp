// SPDX-License-Identifier: MIT
#include "apps/parley/inbox.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace parley {

struct Inbox::Shared {
    Shared(net::Loop& on, std::size_t most) : loop(on), waiting_max(most) {}

    net::Loop& loop;
    const std::size_t waiting_max;
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t waiting = 0;
    bool is_closed = false;

    /// Whether what was waiting is to run still.
    bool take() {
        const std::lock_guard lock(mutex);
        --waiting;
        changed.notify_one();
        return !is_closed;
    }
};

Inbox::Inbox(net::Loop& loop, std::size_t waiting_max) : shared_(std::make_shared<Shared>(loop, waiting_max)) {}

void Inbox::post(Function<void()> function) const {
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait(lock, [&] { return shared_->is_closed || shared_->waiting < shared_->waiting_max; });
    if (shared_->is_closed) return;
    ++shared_->waiting;
    shared_->loop.post([shared = shared_, function = std::move(function)]() mutable {
        if (shared->take()) function();
    });
}

void Inbox::close() const {
    const std::lock_guard lock(shared_->mutex);
    shared_->is_closed = true;
    shared_->changed.notify_all();
}

}  // namespace parley
