// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "parley/net/loop.hpp"
#include "parley/net/loop_gate.hpp"

namespace parley::net {

/// The loops that serve one program together: the first is run by whoever calls `run`, each other one by a thread of
/// its own for as long as that lasts.
///
/// All loops run from before the first handler is called until after the last one has returned: what one posts to
/// another is taken as long as anybody runs. Everything here belongs to the thread of the first loop, but for what is
/// marked.
class LoopGroup {
 public:
    /// `threads` loops: `first`, and others that this owns. Throws SetupError when the system has no resources for
    /// them.
    LoopGroup(Loop& first, std::size_t threads);
    /// Loops that somebody else owns and runs on one thread, as those of a simulated world.
    explicit LoopGroup(std::vector<Loop*> loops);
    LoopGroup(const LoopGroup&) = delete;
    LoopGroup& operator=(const LoopGroup&) = delete;
    /// Not while it runs.
    ~LoopGroup();

    /// Any thread.
    [[nodiscard]] std::size_t size() const noexcept { return loops_.size(); }
    [[nodiscard]] Loop& loop(std::size_t index) const noexcept { return *loops_[index]; }

    /// Runs the first loop, and the others beside it, until the first one is stopped. Throws SetupError when the system
    /// has no thread for them, and nothing has run.
    void run();

 private:
    friend class LoopHalt;

    void open_gates();
    void start_threads();
    void stop_threads() noexcept;
    void count(std::size_t running);
    void leave();
    void begin_halt();
    void end_halt() noexcept;
    void park() noexcept;
    void stand_still(std::unique_lock<std::mutex>& lock);

    std::vector<std::unique_ptr<Loop>> owned_;
    std::vector<Loop*> loops_;
    std::vector<std::shared_ptr<LoopGate>> gates_;  // to them; the first loop may go before this
    std::vector<std::thread> threads_;

    // A halt.
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t running_ = 0;  // loops from the beginning of `run` to their `leave`
    std::size_t parked_ = 0;   // of those, the ones that wait for the end of a halt
    bool is_halted_ = false;
};

/// While it lives, no other loop of the group does anything: what belongs to them may be touched.
///
/// Made on any thread, also inside a handler of one of the loops. It waits until the others have come to the end of
/// what they do just now; a second one meanwhile waits for the first, and where it does a handler stands still: whoever
/// changes what that may be in the middle of changes it as one of its own callees could.
class LoopHalt {
 public:
    explicit LoopHalt(LoopGroup& group) : group_(group) { group_.begin_halt(); }
    LoopHalt(const LoopHalt&) = delete;
    LoopHalt& operator=(const LoopHalt&) = delete;
    ~LoopHalt() { group_.end_halt(); }

 private:
    LoopGroup& group_;
};

}  // namespace parley::net
