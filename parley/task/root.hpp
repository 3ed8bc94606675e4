// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <coroutine>
#include <memory>

#include "parley/base/function.hpp"
#include "parley/base/intrusive_list.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/posted_call.hpp"
#include "parley/task/home.hpp"
#include "parley/task/task.hpp"

namespace parley::task {

class House;

/// What handles of a spawned task refer to.
struct Link {
    std::shared_ptr<net::LoopGate> gate;
    Root* root = nullptr;  // the loop's thread; null before it runs, and behind its end
    std::atomic<bool> is_cancelled = false;
    std::atomic<bool> is_over = false;
};

/// A task that nobody waits for, and all that it waits for: one line of execution on one loop.
///
/// One of its coroutines runs at a time. Which one is next, they say themselves (`continue_with`), and it is resumed
/// when the one before has come back, so that no number of them makes the stack deep.
///
/// | State | Left by |
/// |---|---|
/// | running | the last of its coroutines comes to rest: it waits, or the outermost one is done |
/// | waiting | `resume`, by what it waits for |
///
/// It ends when it is done, when it is cancelled, and when its home is no more. Then it destroys what is left of its
/// coroutines; where it runs just now, as soon as it comes to rest. Belongs to the loop.
class Root final : private ListHook {
 public:
    /// Runs `task` now, until it waits or is done; destroys it where its home is no more.
    static void start(Home home, Task<void> task, std::shared_ptr<Link> link = nullptr) noexcept;

    [[nodiscard]] net::LoopGate& gate() const noexcept { return *home_.gate; }
    [[nodiscard]] const std::shared_ptr<net::LoopGate>& shared_gate() const noexcept { return home_.gate; }
    void continue_with(std::coroutine_handle<> coroutine) noexcept { next_ = coroutine; }
    /// May be the end of this.
    void resume(std::coroutine_handle<> coroutine) noexcept;
    /// Ends it, now or when it comes to rest.
    void cancel() noexcept;

 private:
    friend class House;
    template <typename T>
    friend class parley::IntrusiveList;

    Root(Home home, std::shared_ptr<House> house, std::shared_ptr<Link> link);
    ~Root() = default;
    void run() noexcept;
    void end() noexcept;

    Home home_;
    const std::shared_ptr<House> house_;
    const std::shared_ptr<Link> link_;  // null: there are no handles
    Function<void()> enter_;            // `run`, while what the maker was lent is kept
    ResultPromise<void>* outermost_ = nullptr;
    std::coroutine_handle<> next_;
    bool is_running_ = false;
    bool is_cancelled_ = false;
};

/// All tasks of one home: they end with it.
class House final : private net::PostedCall {
 public:
    /// The loop's thread; null when the gate has closed.
    [[nodiscard]] static std::shared_ptr<House> of(net::LoopGate& gate);
    void add(Root& root) noexcept { roots_.push_back(root); }

 private:
    House() = default;
    void run_posted() noexcept override;  // the gate has closed

    IntrusiveList<Root> roots_;
    std::shared_ptr<House> self_;
};

}  // namespace parley::task
