// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "parley/base/entropy.hpp"
#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/base/intrusive_list.hpp"
#include "parley/base/time.hpp"
#include "parley/net/deadline_heap.hpp"
#include "parley/net/endpoint.hpp"
#include "parley/net/listener.hpp"
#include "parley/net/loop_lag.hpp"
#include "parley/net/pending.hpp"
#include "parley/net/signals.hpp"
#include "parley/net/stream.hpp"
#include "parley/net/timer.hpp"
#include "parley/net/timer_wheel.hpp"
#include "parley/net/turn_meter.hpp"
#include "parley/net/turn_task.hpp"

namespace parley::net {

class Backend;
class LoopGate;
class Mailbox;

using OnConnected = Function<void(Result<std::unique_ptr<Stream>>)>;
using OnResolved = Function<void(Result<std::vector<Endpoint>>)>;

/// How to connect.
struct ConnectOptions {
    Duration timeout = std::chrono::seconds(30);
};

/// An event loop: the one thread's round of receiving, handling and sending.
///
/// A turn is: what arrived is given to the handlers; functions that were posted run; expired timers run; turn tasks run
/// until none is left; each stream with something to send sends once. Then it sleeps until something happens. What is
/// made on a loop stays on it, belongs to the thread that runs it, and must be destroyed before it. Only `post`,
/// `stop` and `is_current` may be called from any thread. No callback is ever called from inside a call. None may
/// throw, which ends the process (the facades contain what a user's handler throws), but for `std::bad_alloc`: then
/// that call is over, counted, and the turn goes on.
class Loop {
 public:
    /// Runs on `backend`; `make_loop` chooses one for this machine.
    explicit Loop(std::unique_ptr<Backend> backend);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Runs turns until `stop()`. May be called again afterwards.
    void run();

    /// Any thread: makes `run()` return when its turn ends; when it is not running, makes the next one return after a
    /// turn.
    void stop();

    /// Any thread: runs `function` on the loop soon, functions of one thread in their order. One that is still waiting
    /// when the loop is destroyed is destroyed without having run.
    void post(Function<void()> function);

    /// Runs `function` once, `from_now` from now, unless the loop is destroyed before. To cancel, have a `Timer`
    /// instead.
    void after(Duration from_now, Function<void()> function);

    /// The time of this turn on the monotonic time line. Read once per turn, and freshly outside of turns.
    [[nodiscard]] TimePoint now() const { return in_turn_ ? turn_time_ : clock(); }

    /// The moment `from_now` from now, and not from the beginning of this turn: for timers, which are never early.
    /// Never `no_deadline`.
    [[nodiscard]] TimePoint deadline_after(Duration from_now) const;

    /// The number of this turn, or of the last one: what happened in one turn has one number.
    [[nodiscard]] std::uint64_t turn() const noexcept { return turn_; }

    /// Any thread: whether the caller is inside a turn of this loop, and so may touch what lives on it.
    [[nodiscard]] bool is_current() const noexcept;

    /// The loop's thread, or while that stands still: whether a turn is under way.
    [[nodiscard]] bool is_in_turn() const noexcept { return in_turn_; }

    /// The calendar's time, for a Date header or a log line; it may jump.
    [[nodiscard]] std::chrono::sys_seconds wall_time() const;
    [[nodiscard]] WallTime wall_time_milliseconds() const;

    /// Unpredictable bytes: the operating system's, or the seed's in a simulation.
    [[nodiscard]] EntropySource& entropy();

    /// Accepts connections on `endpoint` (port 0: the system chooses) until the listener is destroyed. `on_accept` gets
    /// each and sets its handler, or drops it to refuse. An error is a sentence for the person who started the program.
    [[nodiscard]] Result<std::unique_ptr<Listener>> listen(const Endpoint& endpoint, const ListenOptions& options,
                                                           OnAccept on_accept);

    /// Goes on with a connection that has left another loop of this kind. It is as one that was just accepted.
    [[nodiscard]] std::unique_ptr<Stream> adopt(std::unique_ptr<DetachedStream> stream);

    /// Connects to `endpoint`; `on_connected` is told once, later.
    [[nodiscard]] std::unique_ptr<Pending> connect(const Endpoint& endpoint, const ConnectOptions& options,
                                                   OnConnected on_connected);

    /// The same to the Unix-domain socket at `path` of this machine; the streams of such have no addresses.
    [[nodiscard]] std::unique_ptr<Pending> connect_local(const std::string& path, const ConnectOptions& options,
                                                         OnConnected on_connected);

    /// Finds the addresses of `host`, best first; a numeric address is itself. The look-up runs on a thread of its own,
    /// one at a time; `on_resolved` is told once, later, on the loop.
    [[nodiscard]] std::unique_ptr<Pending> resolve(std::string host, std::uint16_t port, OnResolved on_resolved);

    /// Calls `on_signal` with each of `signals` that arrives, as long as the watch lives.
    [[nodiscard]] Result<std::unique_ptr<SignalWatch>> on_signals(std::initializer_list<int> signals,
                                                                  Function<void(int)> on_signal);

    /// One turn that sleeps until `deadline` at most; returns false when nothing can ever happen any more (only a
    /// simulated world knows). For drivers of loops: simulations and other people's loops.
    bool run_turn(TimePoint deadline);

    /// Runs `function` now, as a turn that has nothing else in it but the tasks that it asks for; inside a turn, as a
    /// part of that. For the end of what lives here: handlers that are called then may destroy more of it.
    void run_as_turn(Function<void()> function);

    /// Inside a turn of `loop`: destroys it when that turn is over. `run()` returns then.
    static void destroy_after_turn(std::unique_ptr<Loop> loop) noexcept;

    /// When the loop wants to run again if nothing happens from outside: now, a timer's time, or `no_deadline`.
    [[nodiscard]] TimePoint next_deadline() const;

    /// What is readable when the loop wants to run again before its `next_deadline()`, for other people's loops to wait
    /// for; it stays the loop's. -1: there is none (a simulated world).
    [[nodiscard]] int descriptor() const noexcept;

    /// Any thread: how long its turns take. `slow_turns` is left to those who watch for them.
    [[nodiscard]] LoopLag lag() const { return meter_.read(clock()); }
    /// Any thread: begins anew with `LoopLag::longest`.
    void reset_lag() noexcept { meter_.reset(); }

    /// Calls that ended because an allocation failed.
    [[nodiscard]] std::uint64_t allocation_failures() const noexcept { return allocation_failures_; }
    /// Calls `step`; an allocation in it that fails ends that, and nothing else. Whether it came to its end.
    template <typename Step>
    bool contain(Step&& step) {
        try {
            step();
            return true;
        } catch (const std::bad_alloc&) {
            note_allocation_failure();
            return false;
        }
    }
    /// For those who contain one themselves.
    void note_allocation_failure() noexcept { ++allocation_failures_; }

    [[nodiscard]] Backend& backend() noexcept { return *backend_; }

 private:
    [[nodiscard]] TimePoint clock() const;
    friend class ExactTimer;
    friend class LoopGate;
    friend class SlowTurnWatch;
    friend class Timer;
    friend class TurnTask;
    friend class Stream;
    struct OwnedTimer;

    bool take_turn(TimePoint deadline, TimePoint& now);
    void begin_turn();
    void handle_turn() noexcept;
    void handle_function(Function<void()>& function) noexcept;
    TimePoint end_turn() noexcept;
    void run_posted();
    void run_timers();
    void run_tasks();
    void flush_streams();

    std::unique_ptr<Backend> backend_;
    std::shared_ptr<Mailbox> mailbox_;  // everything that other threads touch
    detail::TimerWheel timers_;
    detail::DeadlineHeap exact_timers_;
    IntrusiveList<TurnTask> tasks_;
    IntrusiveList<TurnTask> next_tasks_;  // of the next turn
    IntrusiveList<Stream> dirty_;
    IntrusiveList<OwnedTimer> owned_timers_;
    TurnMeter meter_;
    TimePoint turn_time_{};
    std::uint64_t turn_ = 0;
    std::uint64_t allocation_failures_ = 0;
    bool in_turn_ = false;
    bool has_ending_ = false;     // a task that is to run in this turn, wherever in it that was asked for
    std::unique_ptr<Loop> self_;  // once this is to go with its turn
};

/// A loop on the best backend of this machine (epoll on Linux). Throws `SetupError` when the system gives no resources
/// for it. While there is one, SIGPIPE does not end the process, unless the program has said itself what it is to do,
/// and the descriptors 0 to 2 are open, if only on /dev/null.
[[nodiscard]] std::unique_ptr<Loop> make_loop();

}  // namespace parley::net
