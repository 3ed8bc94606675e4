// SPDX-License-Identifier: MIT
// expect: parley: a handler of connections takes the Socket, or nothing: what a client says comes to on()
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.on_connection([](parley::Socket, std::string name) { static_cast<void>(name); });
}
