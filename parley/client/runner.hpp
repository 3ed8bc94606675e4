// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/base/time.hpp"
#include "parley/client/ending.hpp"
#include "parley/client/given_loop.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/loop_gate.hpp"

namespace parley::client {

/// A client and the loop that it lives on, its own or one that it was given: on whose thread it runs, and how that
/// ends.
///
/// `Core` is an `Ending` with `begin()`, which connects, `is_finished()`, and `on_finished`, a function that it calls
/// when that has come true.
template <typename Core>
class Runner {
 public:
    /// On a loop of its own. `make` gets the loop and returns the client's owner.
    template <typename Make>
    explicit Runner(Make&& make)
        : loop_(net::make_loop()), core_(make(*loop_)), home_thread_(core_->gate(), LoopOwner::client) {}
    /// On a loop that somebody else runs, and that may end before this.
    template <typename Make>
    Runner(net::Loop& loop, Make&& make) : core_(make(loop)), home_thread_(core_->gate(), LoopOwner::somebody_else) {
        given_ =
            std::make_unique<GivenLoop>(loop, core_->gate()->shared_mailbox(), [core = core_.get()] { core->end(); });
    }
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    // The loop ends behind everything that lives on it, on the thread that runs it. In one of the client's own handlers
    // that is when the turn is over; nothing of this is there any more then.
    ~Runner() {
        if (given_) {
            const auto leaver = is_here() ? GivenLoop::Leaver::on_loop : GivenLoop::Leaver::elsewhere;
            core_->gate()->close();
            GivenLoop::leave(std::move(given_), [core = std::move(core_)]() mutable { core.reset(); }, leaver);
            return;
        }
        if (loop_->is_current()) {
            core_.reset();
            if (thread_.joinable()) thread_.detach();
            net::Loop::destroy_after_turn(std::move(loop_));
            return;
        }
        core_->gate()->close();
        if (thread_.joinable()) {
            loop_->post([this] {
                core_.reset();
                loop_->stop();
            });
            thread_.join();
        } else {
            loop_->run_as_turn([this] { core_.reset(); });
        }
    }

    /// Any thread.
    [[nodiscard]] Core& core() const noexcept { return *core_; }

    /// Any thread: whether the caller may use the core at once.
    [[nodiscard]] bool is_here() const noexcept { return home_thread_.is_here(); }

    /// Any thread: does `act` where the client runs, now or soon.
    template <typename Act>
    void act(Act act) {
        if (is_here()) return act(*core_);
        core_->gate()->post([core = core_.get(), act = std::move(act)]() mutable { act(*core); });
    }

    /// Connects, on a thread of its own unless somebody runs it. That has begun when this returns, so that whoever
    /// calls next is elsewhere; it waits until this is done with the runner, which a handler may destroy.
    void start() {
        const bool is_run = given_ || is_driven_ || has_thread();
        act([](Core& core) { core.begin(); });
        if (is_run) return;
        const auto step = std::make_shared<std::atomic<Step>>(Step::made);
        step_ = step;
        thread_ = std::thread([loop = loop_.get(), step] {
            step->wait(Step::made);
            loop->post([step] { reach(*step, Step::running); });
            loop->run();
            reach(*step, Step::ended);
        });
        reach(*step, Step::known);
        step->wait(Step::known);
    }

    /// Connects, and runs it on this thread; where `start` has given it one of its own, waits until that is finished.
    /// Nothing of this is touched when the loop has returned: a handler may have destroyed it.
    void run() {
        must_have_own_loop("run()");
        net::Loop& loop = *loop_;
        const bool has_begun = has_thread();
        act([&loop, has_begun](Core& core) {
            core.on_finished = [&loop] { loop.stop(); };
            if (!has_begun) core.begin();
            if (core.is_finished()) loop.stop();
        });
        if (has_begun) return thread_.join();
        is_driven_ = true;
        loop.run();
    }

    /// Connects if that was not begun, and runs one turn, unless it has a thread of its own. False: it is finished.
    bool poll(Duration patience) {
        must_have_own_loop("poll()");
        if (has_thread()) return true;
        if (!std::exchange(is_driven_, true)) act([](Core& core) { core.begin(); });
        if (core_->is_finished()) return false;
        const std::shared_ptr<net::LoopGate> gate = core_->gate();
        loop_->run_turn(loop_->now() + patience);
        return gate->is_open() && !core_->is_finished();
    }

    /// What is readable when `poll` has something to do, but for the time that passes.
    [[nodiscard]] int poll_descriptor() const {
        must_have_own_loop("poll_descriptor()");
        return loop_->descriptor();
    }

    /// How long `poll` may be put off; -1 where only the descriptor tells.
    [[nodiscard]] std::chrono::milliseconds poll_timeout() {
        must_have_own_loop("poll_timeout()");
        constexpr std::chrono::milliseconds endless{-1};
        if (has_thread()) return endless;
        const TimePoint deadline = is_driven_ ? loop_->next_deadline() : TimePoint{};
        if (deadline == no_deadline) return endless;
        return std::chrono::ceil<std::chrono::milliseconds>(std::max(deadline - loop_->now(), Duration::zero()));
    }

    /// Any thread. The loop of somebody else goes on.
    void stop() {
        if (!given_) loop_->stop();
    }

 private:
    /// Of a thread: made, known to this, in its loop, behind it.
    enum class Step : int { made, known, running, ended };
    static void reach(std::atomic<Step>& step, Step next) noexcept {
        step.store(next, std::memory_order_release);
        step.notify_all();
    }

    void must_have_own_loop(const char* member) const {
        if (!given_) return;
        throw SetupError({ErrorCode::invalid_argument,
                          std::string("This client is on the loop of an application, which runs it: connect() is "
                                      "enough, and ") +
                              member + " is for a client of its own."});
    }

    /// Whether a thread of its own runs it; one that was stopped is gone.
    bool has_thread() {
        if (thread_.joinable() && step_->load(std::memory_order_acquire) == Step::ended) thread_.join();
        return thread_.joinable();
    }

    std::unique_ptr<net::Loop> loop_;  // null: it was given one
    std::unique_ptr<GivenLoop> given_;
    Owned<Core> core_;
    const HomeThread home_thread_;
    std::thread thread_;
    std::shared_ptr<std::atomic<Step>> step_;  // of the thread's function, too, which may outlive this
    bool is_driven_ = false;                   // by `run` or `poll`
};

}  // namespace parley::client
