// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/base/intrusive_list.hpp"
#include "parley/net/loop_guest.hpp"
#include "parley/net/posted_call.hpp"

namespace parley::net {

class Backend;
class CallFrame;
class Mailbox;

namespace detail {
inline constinit thread_local std::uint64_t thread_number = 0;
inline constinit thread_local Mailbox* mailbox_of_turn = nullptr;
std::uint64_t make_thread_number() noexcept;
}  // namespace detail

/// The calling thread's number; never 0, and never another thread's. (A `std::thread::id` is: a new thread may get that
/// of one that has ended.)
[[nodiscard]] inline std::uint64_t this_thread_number() noexcept {
    return detail::thread_number != 0 ? detail::thread_number : detail::make_thread_number();
}

/// Everything of a loop that other threads touch: the functions that wait to run on it, the wish to stop, and whose
/// turn it is. Shared with those who may outlive the loop: it takes nothing more once the loop has closed it.
class Mailbox {
 public:
    explicit Mailbox(Backend& backend) : backend_(&backend) {}

    /// Any thread: adds a function and wakes the loop if it may sleep. False when closed; the function is destroyed.
    bool push(Function<void()> function);

    /// Any thread: the same without memory, behind the functions of a turn. When closed, it runs here.
    void push(PostedCall& call) noexcept;

    /// All functions that wait, in order.
    std::vector<Function<void()>> take();
    /// Runs all calls that wait, in order.
    void run_calls();
    [[nodiscard]] bool is_empty() const noexcept { return !has_mail_.load(std::memory_order_acquire); }

    /// Any thread.
    void request_stop();
    [[nodiscard]] bool is_stop_requested() const noexcept { return stop_requested_.load(std::memory_order_acquire); }
    /// Whether a stop was requested since this was last called.
    bool take_stop() noexcept { return stop_requested_.exchange(false, std::memory_order_acq_rel); }

    void begin_turn() noexcept;
    void end_turn() noexcept {
        turn_thread_.store(0, std::memory_order_relaxed);
        detail::mailbox_of_turn = outer_;
    }
    /// That of the loop in whose turn the calling thread is, of the innermost one where turns are nested; null outside.
    [[nodiscard]] static Mailbox* of_this_turn() noexcept { return detail::mailbox_of_turn; }
    /// Any thread: whether this thread is between `begin_turn` and `end_turn`. Only the thread itself stores its
    /// number, so no order is needed.
    [[nodiscard]] bool is_in_turn() const noexcept {
        return turn_thread_.load(std::memory_order_relaxed) == this_thread_number();
    }
    /// Any thread: whether this is the turn that the caller is in; outside of turns, whether the last turn was this
    /// thread's.
    [[nodiscard]] bool is_here() const noexcept {
        const Mailbox* const turn = of_this_turn();
        return turn != nullptr ? turn == this : loop_thread_.load(std::memory_order_relaxed) == this_thread_number();
    }

    /// Any thread: whether there was a turn.
    [[nodiscard]] bool has_run() const noexcept { return loop_thread_.load(std::memory_order_relaxed) != 0; }

    void begin_run() noexcept;
    void end_run() noexcept { run_thread_.store(0, std::memory_order_relaxed); }
    /// Any thread: whether another thread is between `begin_run` and `end_run`, or in a turn.
    [[nodiscard]] bool is_run_elsewhere() const noexcept;

    /// Of the loop's thread: what a function of the program that runs just now is called in; null when none does.
    CallFrame* call_frame = nullptr;

    /// Any thread: `guest` is told when the loop is about to end. False: it has ended.
    bool add(LoopGuest& guest);
    /// Any thread but that of a guest that is being told.
    void remove(LoopGuest& guest) noexcept;
    /// One that has not been told; null when there is none, and then none is added any more.
    [[nodiscard]] LoopGuest* take_guest() noexcept;

    /// The loop is about to end: takes and wakes no more. What still waits is destroyed.
    void close();

 private:
    void wake_for_mail();

    std::mutex mutex_;
    Backend* backend_;          // null when closed
    Mailbox* outer_ = nullptr;  // of the turn in which this one's is

    IntrusiveList<LoopGuest> guests_;
    bool takes_guests_ = true;
    std::vector<Function<void()>> functions_;
    PostedCall* first_call_ = nullptr;
    PostedCall** end_of_calls_ = &first_call_;
    std::atomic<bool> has_mail_ = false;
    std::atomic<bool> stop_requested_ = false;
    std::atomic<std::uint64_t> turn_thread_ = 0;
    std::atomic<std::uint64_t> loop_thread_ = 0;
    std::atomic<std::uint64_t> run_thread_ = 0;
};

}  // namespace parley::net
