// SPDX-License-Identifier: MIT
#include "parley/client/given_loop.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace parley::client {

struct GivenLoop::Departure {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_over = false;
};

GivenLoop::GivenLoop(net::Loop& loop, std::shared_ptr<net::Mailbox> mailbox, Endings endings)
    : loop_(loop),
      mailbox_(std::move(mailbox)),
      endings_(std::move(endings)),
      departure_(std::make_shared<Departure>()) {
    mailbox_->add(*this);
}

// Who runs the loop may stop doing so before it has come to what was posted; then the loop is anybody's, and what was
// posted is done here.
GivenLoop::~GivenLoop() {
    if (!mailbox_->is_run_elsewhere()) {
        if (!has_ended_) loop_.run_as_turn([this] { leave(); });
        return;
    }
    const std::shared_ptr<Departure> departure = departure_;
    mailbox_->push(static_cast<net::PostedCall&>(*this));
    constexpr auto patience = std::chrono::milliseconds(10);
    std::unique_lock lock(departure->mutex);
    while (!departure->changed.wait_for(lock, patience, [&] { return departure->is_over; })) {
        if (mailbox_->is_run_elsewhere()) continue;
        lock.unlock();
        mailbox_->run_calls();
        lock.lock();
    }
}

void GivenLoop::handle_loop_end() noexcept {
    has_ended_ = true;
    endings_.loop_ends();
}

// This is no more when whoever waits has been told.
void GivenLoop::run_posted() noexcept {
    const std::shared_ptr<Departure> departure = departure_;
    if (!has_ended_) leave();
    const std::lock_guard lock(departure->mutex);
    departure->is_over = true;
    departure->changed.notify_one();
}

void GivenLoop::leave() noexcept {
    mailbox_->remove(*this);
    endings_.is_left();
}

}  // namespace parley::client
