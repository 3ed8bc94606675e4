// SPDX-License-Identifier: MIT
// expect: parley: listen() takes no callback, because it listens when it returns: write behind it what comes then
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.listen(3000, [] {});
}
