// SPDX-License-Identifier: MIT
// expect: parley: one event name stands here, without braces; call it once for each
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.on({"one", "two"}, [](int number) { static_cast<void>(number); });
}
