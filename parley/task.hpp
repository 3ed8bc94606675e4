// SPDX-License-Identifier: MIT
#pragma once

/// Coroutines, for programs that want them: what calls back elsewhere is waited for here.
///
///     #include <parley/client.hpp>
///     #include <parley/task.hpp>
///
///     parley::Task<> chat(parley::Client& client) {
///         auto wait = client.timeout(5s).emit_with_ack<std::string>("name?");
///         parley::Result<std::string> name = co_await wait;
///         if (name) client.emit("hello", *name);
///     }
///
/// | What | Where |
/// |---|---|
/// | what a coroutine returns | parley/task/task.hpp |
/// | what it waits for, sleeping, and waiting for anything that calls back | parley/task/wait.hpp |
/// | beginning one | parley/task/spawn.hpp |
/// | handlers that are coroutines | parley/task/handler.hpp |
/// | `emit_with_ack`, `fetch_sockets`, `next`, `when_connected` | sockets, servers and clients |

#include "parley/base/language.hpp"

#include "parley/task/asking.hpp"   // IWYU pragma: export
#include "parley/task/handler.hpp"  // IWYU pragma: export
#include "parley/task/spawn.hpp"    // IWYU pragma: export
#include "parley/task/task.hpp"     // IWYU pragma: export
#include "parley/task/wait.hpp"     // IWYU pragma: export
