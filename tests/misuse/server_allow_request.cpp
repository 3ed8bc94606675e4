// SPDX-License-Identifier: MIT
// expect: parley: allow_request takes (const Handshake&) and returns whether the client may come, or takes (const
// Handshake&, HandshakeNext) and returns nothing
#include <parley/server.hpp>

void misuse() {
    parley::Server io{{.allow_request = [](const parley::Handshake&) {}}};
}
