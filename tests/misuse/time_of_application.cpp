// SPDX-License-Identifier: MIT
// expect: parley: a time has its unit: write 300ms (with `using namespace std::chrono_literals;`) or
// std::chrono::milliseconds(300), not 300
#include <parley/web.hpp>

void misuse() {
    parley::Application app{{.head_timeout = 5000}};
}
