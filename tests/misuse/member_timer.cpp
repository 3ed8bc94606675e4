// SPDX-License-Identifier: MIT
// expect: parley: &Class::member has no object here: write a lambda that has one, as in [this](std::string text) {
// say(text); }
#include <parley/server.hpp>

struct Game {
    void tick();
};

void misuse(parley::Server& io) {
    io.every(std::chrono::milliseconds(33), &Game::tick);
}
