// SPDX-License-Identifier: MIT
// expect: parley: an origin is a text, a list of them, "*", or Origins::reflected() for whichever asks
#include <parley/server.hpp>

void misuse() {
    parley::Server io{{.cors = {.origin = true}}};
}
