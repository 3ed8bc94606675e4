// SPDX-License-Identifier: MIT
// expect: parley: a Task goes on when its arguments may be gone: let it take them by value (std::string, Json), not as
// const T&, T&& or a view; a T& must outlive it
#include <parley/server.hpp>
#include <parley/task.hpp>

parley::Task<> say(int times, parley::Json&& json) {
    co_await parley::sleep_for(std::chrono::milliseconds(times));
    std::puts(to_json(json).c_str());
}
