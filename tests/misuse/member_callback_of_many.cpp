// SPDX-License-Identifier: MIT
// expect: parley: &Class::member has no object here: write a lambda that has one, as in [this](std::string text) {
// say(text); }
#include <parley/server.hpp>

struct Chat {
    void answered(std::vector<std::string> texts);
};

void misuse(parley::Server& io) {
    io.emit("question", &Chat::answered);
}
