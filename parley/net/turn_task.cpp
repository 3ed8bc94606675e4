// SPDX-License-Identifier: MIT
#include "parley/net/turn_task.hpp"

#include "parley/net/loop.hpp"

namespace parley::net {

TurnTask::TurnTask(Loop& loop, Function<void()> task) : loop_(loop), task_(std::move(task)) {}

TurnTask::~TurnTask() {
    if (destroyed_ != nullptr) *destroyed_ = true;
}

void TurnTask::schedule() {
    if (!is_linked()) loop_.tasks_.push_back(*this);
}

void TurnTask::schedule_ending() {
    schedule();
    loop_.has_ending_ = true;
}

void TurnTask::schedule_next_turn() {
    if (!is_linked()) loop_.next_tasks_.push_back(*this);
}

// The function is moved out while it runs, so that it survives a task that it destroys.
void TurnTask::run() {
    bool destroyed = false;
    destroyed_ = &destroyed;
    Function<void()> task = std::move(task_);
    loop_.contain(task);
    if (destroyed) return;
    destroyed_ = nullptr;
    task_ = std::move(task);
}

}  // namespace parley::net
