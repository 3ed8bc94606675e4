// SPDX-License-Identifier: MIT
// expect: parley: a time has its unit: write 300ms (with `using namespace std::chrono_literals;`) or
// std::chrono::milliseconds(300), not 300
#include <parley/server.hpp>

void misuse() {
    parley::ServerOptions options;
    options.ping_timeout = 20000;
}
