// SPDX-License-Identifier: MIT
// expect: parley: spawn() takes a Task<>, or a function without parameters that returns one: spawn(client, [&]() ->
// parley::Task<> { ... })
#include <parley/server.hpp>
#include <parley/task.hpp>

void misuse(parley::Server& io) {
    parley::spawn(io, [&io] { io.emit("hello"); });
}
