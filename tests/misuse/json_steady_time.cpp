// SPDX-License-Identifier: MIT
// expect: parley: only times of the system clock have a JSON form, as std::chrono::sys_time
#include <chrono>
#include <parley/json.hpp>

void misuse(std::chrono::steady_clock::time_point now) {
    static_cast<void>(parley::to_json(now));
}
