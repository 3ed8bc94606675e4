// SPDX-License-Identifier: MIT
// expect: parley: options are spelt as in .ping_interval = 25s: see parley/server/options.hpp, and docs/from-node.md
// for those of the official server
#include <parley/server.hpp>

void misuse() {
    parley::Server io{{.pingTimeout = 20'000, .maxHttpBufferSize = 1e8}};
}
