// SPDX-License-Identifier: MIT
// expect: parley: an HTTP handler takes (Request&, Response), (Request&, Response, Next), (Response, Next) or
// (Response)
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.engine().use([](parley::Socket, parley::SocketNext next) { next(); });
}
