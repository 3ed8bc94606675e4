// SPDX-License-Identifier: MIT
// expect: parley: Arguments are all that are left of an event, so they are its last parameter; only an Ack may
// follow
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.on("numbers", [](parley::Arguments, int) {});
}
