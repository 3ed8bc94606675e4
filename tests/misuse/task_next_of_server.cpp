// SPDX-License-Identifier: MIT
// expect: parley: next() is of one socket: wait for it in io.on_connection(), or register io.on()
#include <parley/server.hpp>
#include <parley/task.hpp>

void misuse(parley::Server& io) {
    static_cast<void>(io.next<int>("move"));
}
