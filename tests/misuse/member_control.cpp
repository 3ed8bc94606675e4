// SPDX-License-Identifier: MIT
#include <parley/server.hpp>

struct Chat {
    void say(std::string text);
    void tick();
    void attach(parley::Server& io) {
        io.on("chat message", [this](std::string text) { say(text); });
        io.every(std::chrono::seconds(1), [this] { tick(); });
    }
};
