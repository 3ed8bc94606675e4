// SPDX-License-Identifier: MIT
#pragma once

#include "parley/base/function.hpp"
#include "parley/base/intrusive_list.hpp"

namespace parley::net {

class Loop;

/// Something to do once at the end of this turn of the loop, before its streams are flushed: the place to turn what the
/// handlers of one turn have recorded into one answer.
///
/// A task scheduled by a task runs at the same turn's end; tasks run until none is left. It may be scheduled or
/// destroyed in any callback, its own included. Belongs to its loop's thread and must be destroyed before the loop.
class TurnTask : private ListHook {
 public:
    TurnTask(Loop& loop, Function<void()> task);
    ~TurnTask();
    TurnTask(const TurnTask&) = delete;
    TurnTask& operator=(const TurnTask&) = delete;

    /// Asks for one run; asking again before it changes nothing.
    void schedule();
    /// The same for what ends something: in this turn, also where it is the flush of a stream that asks.
    void schedule_ending();
    /// Asks for one run in the next turn, where this one has had its share: others come in between. Nothing changes
    /// where a run has been asked for already.
    void schedule_next_turn();
    void cancel() noexcept { unlink(); }
    [[nodiscard]] bool is_scheduled() const noexcept { return is_linked(); }

 private:
    friend class Loop;
    friend class IntrusiveList<TurnTask>;
    void run();

    Loop& loop_;
    bool* destroyed_ = nullptr;  // where to say that this was destroyed by its own function
    Function<void()> task_;
};

}  // namespace parley::net
