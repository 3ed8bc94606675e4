// SPDX-License-Identifier: MIT
// expect: parley: &Class::member has no object here: write a lambda that has one, as in [this](std::string text) {
// say(text); }
#include <parley/server.hpp>

struct Chat {
    void check(parley::Socket socket, parley::SocketNext next);
};

void misuse(parley::Server& io) {
    io.use(&Chat::check);
}
