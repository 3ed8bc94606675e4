// SPDX-License-Identifier: MIT
// expect: parley: a handler of all events takes (std::string_view event, Arguments arguments), with a Socket in front
// if it likes
#include <parley/server.hpp>

void misuse(parley::Server& io) {
    io.on_any([](int event) { static_cast<void>(event); });
}
