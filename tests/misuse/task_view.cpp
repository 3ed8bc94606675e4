// SPDX-License-Identifier: MIT
// expect: parley: a Task goes on when its arguments may be gone: let it take them by value (std::string, Json), not as
// const T&, T&& or a view; a T& must outlive it
#include <parley/server.hpp>
#include <parley/task.hpp>

void misuse(parley::Server& io) {
    io.on("say", [](std::string_view text) -> parley::Task<> {
        co_await parley::sleep_for(std::chrono::milliseconds(1));
        std::puts(text.data());
    });
}
