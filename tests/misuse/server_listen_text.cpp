// SPDX-License-Identifier: MIT
// expect: parley: a port is a number: write listen(parley::port_from_environment(3000)) for PORT
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.listen("3000");
}
