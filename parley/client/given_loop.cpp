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
    bool is_left_alone = false;  // nobody waits: it belongs to itself
};

GivenLoop::GivenLoop(net::Loop& loop, std::shared_ptr<net::Mailbox> mailbox, Function<void()> on_loop_end)
    : loop_(loop), mailbox_(std::move(mailbox)), on_loop_end_(std::move(on_loop_end)) {
    mailbox_->add(*this);
}

void GivenLoop::leave(std::unique_ptr<GivenLoop> given, Function<void()> end, Leaver leaver) {
    given->end_ = std::move(end);
    if (leaver == Leaver::elsewhere) return post_departure(std::move(given));
    given->loop_.run_as_turn([&given] { given->depart(); });
}

// Where nobody runs the loop any more no handler is running either, and what was posted is done when somebody runs it
// again, or ends it. It is not done here: whoever ran it may have other things to do with it still.
void GivenLoop::post_departure(std::unique_ptr<GivenLoop> given) {
    constexpr auto patience = std::chrono::milliseconds(10);
    const std::shared_ptr<net::Mailbox> mailbox = given->mailbox_;
    const auto departure = std::make_shared<Departure>();
    given->departure_ = departure;
    departure->is_left_alone = net::Mailbox::of_this_turn() != nullptr;
    GivenLoop* const posted = given.release();
    mailbox->push(static_cast<net::PostedCall&>(*posted));
    std::unique_lock lock(departure->mutex);
    while (!departure->is_left_alone) {
        if (departure->changed.wait_for(lock, patience, [&] { return departure->is_over; })) {
            lock.unlock();
            delete posted;
            return;
        }
        departure->is_left_alone = !mailbox->is_run_elsewhere();
    }
}

void GivenLoop::handle_loop_end() noexcept {
    has_ended_ = true;
    on_loop_end_();
}

// This is no more when whoever waits has been told.
void GivenLoop::run_posted() noexcept {
    const std::shared_ptr<Departure> departure = departure_;
    if (!has_ended_) depart();
    std::unique_lock lock(departure->mutex);
    departure->is_over = true;
    departure->changed.notify_one();
    const bool is_mine = departure->is_left_alone;
    lock.unlock();
    if (is_mine) delete this;
}

void GivenLoop::depart() noexcept {
    mailbox_->remove(*this);
    end_();
}

}  // namespace parley::client
