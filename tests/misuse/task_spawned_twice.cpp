// SPDX-License-Identifier: MIT
// expect: parley: a Task belongs to whoever runs it: write spawn(host, std::move(task))
#include <parley/server.hpp>
#include <parley/task.hpp>

void misuse(parley::Server& io, parley::Task<>& task) {
    parley::spawn(io, task);
}
