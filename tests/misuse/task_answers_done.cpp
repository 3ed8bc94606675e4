// SPDX-License-Identifier: MIT
// expect: parley: a handler returns its answer, and whether something was sent is none: return what the client gets, or
// nothing, as in { socket.emit(...); return; }
#include <parley/server.hpp>
#include <parley/task.hpp>

void misuse(parley::Server& io) {
    io.on("ask", [](parley::Socket& socket) -> parley::Task<parley::Done> { co_return socket.emit("said"); });
}
