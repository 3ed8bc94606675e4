// SPDX-License-Identifier: MIT
// expect: parley: transports are values, not texts: write {parley::Transport::websocket}
#include <parley/server.hpp>

void misuse() {
    parley::Server io{{.transports = {"websocket"}}};
}
