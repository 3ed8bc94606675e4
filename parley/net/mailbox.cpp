// SPDX-License-Identifier: MIT
#include "parley/net/mailbox.hpp"

#include <utility>

#include "parley/net/backend/backend.hpp"

namespace parley::net {

// Process-wide, as threads are.
std::uint64_t detail::make_thread_number() noexcept {
    static constinit std::atomic<std::uint64_t> last = 0;
    return thread_number = ++last;
}

bool Mailbox::push(Function<void()> function) {
    const std::lock_guard lock(mutex_);
    if (backend_ == nullptr) return false;
    functions_.push_back(std::move(function));
    wake_for_mail();
    return true;
}

void Mailbox::push(PostedCall& call) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (backend_ != nullptr) {
            call.next_ = nullptr;
            *end_of_calls_ = &call;
            end_of_calls_ = &call.next_;
            return wake_for_mail();
        }
    }
    call.run_posted();
}

// Only the first of a batch wakes; and a turn looks in here before the loop sleeps.
void Mailbox::wake_for_mail() {
    if (!has_mail_.exchange(true, std::memory_order_release) && !is_in_turn()) backend_->wake();
}

std::vector<Function<void()>> Mailbox::take() {
    if (is_empty()) return {};
    const std::lock_guard lock(mutex_);
    has_mail_.store(first_call_ != nullptr, std::memory_order_release);
    return std::exchange(functions_, {});
}

void Mailbox::run_calls() {
    if (is_empty()) return;
    PostedCall* next = nullptr;
    {
        const std::lock_guard lock(mutex_);
        has_mail_.store(!functions_.empty(), std::memory_order_release);
        next = std::exchange(first_call_, nullptr);
        end_of_calls_ = &first_call_;
    }
    while (next != nullptr)
        std::exchange(next, next->next_)->run_posted();
}

void Mailbox::request_stop() {
    const std::lock_guard lock(mutex_);
    stop_requested_.store(true, std::memory_order_release);
    if (backend_ != nullptr) backend_->wake();
}

void Mailbox::begin_turn() noexcept {
    const std::uint64_t me = this_thread_number();
    turn_thread_.store(me, std::memory_order_relaxed);
    if (loop_thread_.load(std::memory_order_relaxed) != me) loop_thread_.store(me, std::memory_order_relaxed);
    outer_ = std::exchange(detail::mailbox_of_turn, this);
}

void Mailbox::begin_run() noexcept {
    run_thread_.store(this_thread_number(), std::memory_order_relaxed);
}

bool Mailbox::is_run_elsewhere() const noexcept {
    const std::uint64_t runner = run_thread_.load(std::memory_order_relaxed);
    if (runner != 0) return runner != this_thread_number();
    return turn_thread_.load(std::memory_order_relaxed) != 0 && !is_in_turn();
}

bool Mailbox::add(LoopGuest& guest) {
    const std::lock_guard lock(mutex_);
    if (takes_guests_) guests_.push_back(guest);
    return takes_guests_;
}

void Mailbox::remove(LoopGuest& guest) noexcept {
    const std::lock_guard lock(mutex_);
    guest.unlink();
}

LoopGuest* Mailbox::take_guest() noexcept {
    const std::lock_guard lock(mutex_);
    LoopGuest* const guest = guests_.pop_front();
    if (guest == nullptr) takes_guests_ = false;
    return guest;
}

void Mailbox::close() {
    std::vector<Function<void()>> rest;
    {
        const std::lock_guard lock(mutex_);
        backend_ = nullptr;
        stop_requested_.store(true, std::memory_order_release);  // for a `run` that this loop's end has overtaken
        rest.swap(functions_);
    }
    run_calls();
}

}  // namespace parley::net
