// SPDX-License-Identifier: MIT
// expect: parley: &Class::member has no object here: write a lambda that has one, as in [this](std::string text) {
// say(text); }
#include <parley/server.hpp>

struct Chat {
    void greet(parley::Socket socket);
};

void misuse(parley::Server& io) {
    io.on_connection(&Chat::greet);
}
