// SPDX-License-Identifier: MIT
//
// `[&](Socket& socket)`: a handler may capture the reference that it was given, for the handlers that it registers.
#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

TEST_CASE("handlers may capture the socket that their registrar was given by reference") {
    World world;
    Words heard;
    world.io->on_connection([&](Socket& socket) {
        socket.on("echo", [&](std::string text) { socket.emit("echo", text); });
        socket.on("twice", [&](std::string text) {
            socket.emit("first", [&](std::string answer) { socket.emit("second", text, answer); });
            heard.push_back(text);
        });
        socket.on_any(
            [&](std::string_view event, Arguments) { heard.push_back(socket.id() + " " + std::string(event)); });
        socket.on_disconnect([&](DisconnectReason) { heard.push_back(socket.id() + " has gone"); });
    });
    WebSocketClient client(world);
    WebSocketClient other(world);
    const std::string id = client.join();
    const std::string other_id = other.join();
    CHECK(client.ask(R"(42["echo","a"])") == Words{R"(42["echo","a"])"});
    CHECK(other.ask(R"(42["echo","b"])") == Words{R"(42["echo","b"])"});
    client.send("41");
    other.send("41");
    world.pass(std::chrono::seconds(1));
    CHECK(heard == Words{id + " echo", other_id + " echo", id + " has gone", other_id + " has gone"});
}

TEST_CASE("the reference is the same for every handler of a socket, and stays until they have run") {
    World world;
    const Socket* first = nullptr;
    std::string id_behind_the_end;
    world.io->on("who", [&](const Socket& socket) { first = &socket; });
    world.io->on("leave", [&](Socket& socket) {
        CHECK(&socket == first);
        socket.disconnect(true);
        id_behind_the_end = socket.id();
        CHECK_FALSE(socket.emit("too late"));
    });
    WebSocketClient client(world);
    const std::string id = client.join();
    client.send(R"(42["who"])");
    client.send(R"(42["leave"])");
    CHECK(id_behind_the_end == id);
}

TEST_CASE("a handler that is lent the handle when another has just ended the socket may use it, and keeps nothing") {
    World world;
    Words ids;
    world.io->on("end", [](Socket socket) { socket.disconnect(true); });
    world.io->on("end", [&](Socket& socket) {
        ids.push_back(socket.id());
        CHECK_FALSE(socket.emit("too late"));
        world.io->after(std::chrono::seconds(1), [&] { ids.push_back(socket.id()); });
    });
    WebSocketClient client(world);
    const std::string id = client.join();
    client.send(R"(42["end"])");
    world.pass(std::chrono::seconds(2));
    CHECK(ids == Words{id, ""});
}

TEST_CASE("a handler may destroy the server and use its reference still") {
    World world;
    world.io->on("end", [&](Socket& socket) {
        world.io.reset();
        CHECK_FALSE(socket.connected());
        CHECK_FALSE(socket.emit("too late"));
    });
    WebSocketClient client(world);
    client.join();
    client.send(R"(42["end"])");
    CHECK_FALSE(world.io.has_value());
}

TEST_CASE("the handler of a typed event, and that of all events, take the reference, too") {
    static constexpr Event<int(int, int)> add{"add"};
    World world;
    const Socket* given = nullptr;
    world.io->on(add, [&](Socket& socket, int a, int b) {
        CHECK(&socket == given);
        return a + b;
    });
    world.io->on_any([&](Socket& socket, std::string_view, Arguments) { given = &socket; });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(421["add",1,2])") == Words{"431[3]"});
}

}  // namespace
}  // namespace parley::server::test
