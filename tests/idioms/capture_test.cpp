// SPDX-License-Identifier: MIT
// `[&]` in the handlers that a handler registers: right where the handle was taken by reference.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "parley/web/websocket_server.hpp"
#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

net::SimulatedPeer& open_websocket(World& world) {
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send(
        "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    world.settle();
    peer.received().clear();
    return peer;
}

/// A frame masked with zeros.
std::string frame(int first, std::string_view payload) {
    std::string octets{static_cast<char>(first), static_cast<char>(0x80 | payload.size()), 0, 0, 0, 0};
    return octets.append(payload);
}

}  // namespace

TEST_CASE("handlers of a socket capture it by reference, however its type was written") {
    World world;
    Words heard;
    world.io->on_connection([&](Socket& socket) { socket.on("one", [&] { socket.emit("hello", "one"); }); });
    world.io->on_connection([&](const Socket& socket) { socket.on("two", [&] { socket.emit("hello", "two"); }); });
    world.io->on_connection([&](auto& socket) { socket.on("three", [&] { socket.emit("hello", "three"); }); });
    world.io->on_connection([&](const auto& socket) { socket.on("four", [&] { socket.emit("hello", "four"); }); });
    world.io->on_connection([&](Socket& socket) {
        socket.once("question", [&](std::string text) {
            socket.emit("why?", text, [&](std::string answer) { socket.emit("so", answer); });
        });
        socket.on_disconnecting([&](DisconnectReason) { heard.push_back(socket.id()); });
    });
    WebSocketClient client(world);
    const std::string id = client.join();
    for (const char* name : {"one", "two", "three", "four"})
        CHECK(client.ask("42[\"" + std::string(name) + "\"]") == Words{"42[\"hello\",\"" + std::string(name) + "\"]"});
    CHECK(client.ask(R"(42["question","x"])") == Words{R"(420["why?","x"])"});
    CHECK(client.ask(R"(430["y"])") == Words{R"(42["so","y"])"});
    client.vanish();
    CHECK(heard == Words{id});
}

TEST_CASE("handlers that a middleware registers capture its socket by reference, also when it is refused later") {
    World world;
    std::vector<SocketNext> pending;
    int gone = 0;
    world.io->use([&](Socket& socket, SocketNext next) {
        socket.on("x", [&] { socket.emit("y"); });
        next();
    });
    world.io->use([&](const Socket& socket, SocketNext next) {
        socket.on_disconnect([&] { gone += socket.connected() ? 0 : 1; });
        pending.push_back(next);
    });
    WebSocketClient client(world);
    WebSocketClient refused(world);
    WebSocketClient hasty(world);
    client.send("40");
    refused.send("40");
    hasty.send("40");
    REQUIRE(pending.size() == 3);
    pending[0]();
    pending[1].refuse("no");
    hasty.vanish();
    client.receive();
    CHECK(refused.receive() == Words{R"(44{"message":"no"})"});
    CHECK(client.ask(R"(42["x"])") == Words{R"(42["y"])"});
    client.send("41");
    CHECK(gone == 1);
}

TEST_CASE("handlers of a WebSocket capture it by reference, until its end has been told") {
    World world;
    WebSocketServer server(world.app, "/raw");
    std::vector<std::uint64_t> gone;
    server.on_connection([&](WebSocket& socket) {
        socket.on_message([&](std::string text) {
            if (text == "end") {
                socket.terminate();
                CHECK_FALSE(socket.send("too late"));
                CHECK(socket.id() != 0);
                return;
            }
            socket.send(text);
        });
        socket.on_close([&] { gone.push_back(socket.id()); });
    });
    net::SimulatedPeer& one = open_websocket(world);
    net::SimulatedPeer& other = open_websocket(world);
    one.send(frame(0x81, "a"));
    other.send(frame(0x81, "b"));
    world.settle();
    CHECK(one.received() ==
          "\x81\x01"
          "a");
    CHECK(other.received() ==
          "\x81\x01"
          "b");
    one.send(frame(0x81, "end") + frame(0x81, "late"));
    other.reset();
    world.settle();
    CHECK(gone.size() == 2);
    CHECK(server.size() == 0);
}

TEST_CASE("the handle of a WebSocket that a handler is lent stays what it is, whatever is done to it") {
    World world;
    WebSocketServer server(world.app, "/raw");
    WebSocket kept;
    server.on_connection([&](WebSocket& socket) {
        WebSocket& same = socket;
        socket = same;
        kept = socket;
        CHECK(socket == kept);
    });
    server.on_message([&](WebSocket& socket, std::string) {
        CHECK(socket == kept);
        socket = WebSocket();
        WebSocket moved = std::move(socket);
        std::swap(socket, moved);
        CHECK(socket == kept);  // NOLINT(bugprone-use-after-move)
    });
    net::SimulatedPeer& peer = open_websocket(world);
    CHECK(kept.send("x"));
    peer.send(frame(0x81, "a"));
    peer.send(frame(0x81, "b"));
    world.settle();
    CHECK(kept.is_open());
    kept = WebSocket();
    peer.reset();
    world.settle();
    CHECK(server.size() == 0);
}

}  // namespace parley::server::test
