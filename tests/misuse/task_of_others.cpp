// SPDX-License-Identifier: MIT
// expect: parley: a Task waits for Tasks, for what emit_with_ack() and the like return, and for sleep_for();
// make_wait() makes such of anything that calls back
#include <parley/server.hpp>
#include <parley/task.hpp>

parley::Task<> misuse() {
    co_await std::suspend_always();
}
