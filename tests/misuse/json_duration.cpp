// SPDX-License-Identifier: MIT
// expect: parley: a duration has no JSON form, as its unit would be lost: write a number whose name says it, such as
// milliseconds.count()
#include <chrono>
#include <parley/json.hpp>

void misuse(std::chrono::milliseconds delay) {
    static_cast<void>(parley::to_json(delay));
}
