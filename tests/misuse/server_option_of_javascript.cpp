// SPDX-License-Identifier: MIT
// expect: parley: options are spelt as in .ping_interval = 25s: see parley/server/options.hpp, and docs/from-node.md
// for those of the official server
#include <parley/server.hpp>

using namespace std::chrono_literals;

void misuse(parley::Application& app) {
    parley::Server io{app, {.pingInterval = 5s}};
}
