// SPDX-License-Identifier: MIT
// expect: parley: &Class::member has no object here: write a lambda that has one, as in [this](std::string text) {
// say(text); }
#include <parley/server.hpp>

struct Chat {
    void say(std::string text);
};

void misuse(parley::Socket socket) {
    constexpr parley::Event<void(std::string)> message{"chat message"};
    socket.on(message, &Chat::say);
}
