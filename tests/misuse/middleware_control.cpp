// SPDX-License-Identifier: MIT
#include <parley/server.hpp>

void check(const parley::Socket& socket, const parley::SocketNext& next);

void every_shape(parley::Server& io) {
    io.use(check);
    io.use([](parley::Socket socket, parley::SocketNext next) {
        if (socket.auth()["token"] == "secret") return next();
        next.refuse("not authorized");
    });
    io.of("/admin").use([](auto, auto next) { next(); });
}
