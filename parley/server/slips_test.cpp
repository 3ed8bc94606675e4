// SPDX-License-Identifier: MIT
// What people write by mistake, and what they are told.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

TEST_CASE("a handler for a slip of a moment is taken, and told of once") {
    World world;
    std::vector<std::string> told;
    world.app.on_error([&](const HandlerFailure& failure) {
        told.push_back(std::string(failure.where) + ": " + std::string(failure.message));
    });
    int calls = 0;
    world.io->on("conection", [&](Socket) { ++calls; });
    world.io->on_connection([&](Socket& socket) {
        socket.on("Disconnect", [](DisconnectReason) {});
        socket.on("connection", [] {});
        socket.on("chat message", [] {});
    });
    WebSocketClient first(world);
    first.join();
    WebSocketClient second(world);
    second.join();
    CHECK(told == std::vector<std::string>{
                      R"(on("conection"): this waits for an event of that name from a client; the moment is called )"
                      R"("connection")",
                      R"(on("Disconnect"): this waits for an event of that name from a client; the moment is called )"
                      R"("disconnect")",
                      R"(on("connection"): a socket has connected already when it has handlers; this belongs to the )"
                      R"(server or a namespace)"});
    first.send(R"(42["conection"])");
    world.network.run_until_idle();
    CHECK(calls == 1);
}
