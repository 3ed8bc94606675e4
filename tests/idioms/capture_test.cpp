// SPDX-License-Identifier: MIT
#include "parley/web/websocket_server.hpp"
// `[&]` in the handlers that a handler registers: right where the handle was taken by reference.
#include <doctest/doctest.h>
#include "parley/web/websocket_server.hpp"

#include <string>
#include <vector>
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
#include "tests/support/socketio_world.hpp"

#include "parley/web/websocket_server.hpp"
namespace parley::server::test {
#include "parley/web/websocket_server.hpp"
namespace {
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
net::SimulatedPeer& open_websocket(World& world) {
#include "parley/web/websocket_server.hpp"
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
#include "parley/web/websocket_server.hpp"
    peer.send(
#include "parley/web/websocket_server.hpp"
        "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
#include "parley/web/websocket_server.hpp"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
#include "parley/web/websocket_server.hpp"
    world.settle();
#include "parley/web/websocket_server.hpp"
    peer.received().clear();
#include "parley/web/websocket_server.hpp"
    return peer;
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
/// A frame masked with zeros.
#include "parley/web/websocket_server.hpp"
std::string frame(int first, std::string_view payload) {
#include "parley/web/websocket_server.hpp"
    std::string octets{static_cast<char>(first), static_cast<char>(0x80 | payload.size()), 0, 0, 0, 0};
#include "parley/web/websocket_server.hpp"
    return octets.append(payload);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
}  // namespace
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("handlers of a socket capture it by reference, however its type was written") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Words heard;
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](Socket& socket) { socket.on("one", [&] { socket.emit("hello", "one"); }); });
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](const Socket& socket) { socket.on("two", [&] { socket.emit("hello", "two"); }); });
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](auto& socket) { socket.on("three", [&] { socket.emit("hello", "three"); }); });
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](const auto& socket) { socket.on("four", [&] { socket.emit("hello", "four"); }); });
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        socket.once("question", [&](std::string text) {
#include "parley/web/websocket_server.hpp"
            socket.emit("why?", text, [&](std::string answer) { socket.emit("so", answer); });
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
        socket.on_disconnecting([&](DisconnectReason) { heard.push_back(socket.id()); });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    const std::string id = client.join();
#include "parley/web/websocket_server.hpp"
    for (const char* name : {"one", "two", "three", "four"})
#include "parley/web/websocket_server.hpp"
        CHECK(client.ask("42[\"" + std::string(name) + "\"]") == Words{"42[\"hello\",\"" + std::string(name) + "\"]"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(42["question","x"])") == Words{R"(420["why?","x"])"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(430["y"])") == Words{R"(42["so","y"])"});
#include "parley/web/websocket_server.hpp"
    client.vanish();
#include "parley/web/websocket_server.hpp"
    CHECK(heard == Words{id});
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("handlers that a middleware registers capture its socket by reference, also when it is refused later") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    std::vector<SocketNext> pending;
#include "parley/web/websocket_server.hpp"
    int gone = 0;
#include "parley/web/websocket_server.hpp"
    world.io->use([&](Socket& socket, SocketNext next) {
#include "parley/web/websocket_server.hpp"
        socket.on("x", [&] { socket.emit("y"); });
#include "parley/web/websocket_server.hpp"
        next();
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    world.io->use([&](const Socket& socket, SocketNext next) {
#include "parley/web/websocket_server.hpp"
        socket.on_disconnect([&] { gone += socket.connected() ? 0 : 1; });
#include "parley/web/websocket_server.hpp"
        pending.push_back(next);
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    WebSocketClient refused(world);
#include "parley/web/websocket_server.hpp"
    WebSocketClient hasty(world);
#include "parley/web/websocket_server.hpp"
    client.send("40");
#include "parley/web/websocket_server.hpp"
    refused.send("40");
#include "parley/web/websocket_server.hpp"
    hasty.send("40");
#include "parley/web/websocket_server.hpp"
    REQUIRE(pending.size() == 3);
#include "parley/web/websocket_server.hpp"
    pending[0]();
#include "parley/web/websocket_server.hpp"
    pending[1].refuse("no");
#include "parley/web/websocket_server.hpp"
    hasty.vanish();
#include "parley/web/websocket_server.hpp"
    client.receive();
#include "parley/web/websocket_server.hpp"
    CHECK(refused.receive() == Words{R"(44{"message":"no"})"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(42["x"])") == Words{R"(42["y"])"});
#include "parley/web/websocket_server.hpp"
    client.send("41");
#include "parley/web/websocket_server.hpp"
    CHECK(gone == 1);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("handlers of a WebSocket capture it by reference, until its end has been told") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    WebSocketServer server(world.app, "/raw");
#include "parley/web/websocket_server.hpp"
    std::vector<std::uint64_t> gone;
#include "parley/web/websocket_server.hpp"
    server.on_connection([&](WebSocket& socket) {
#include "parley/web/websocket_server.hpp"
        socket.on_message([&](std::string text) {
#include "parley/web/websocket_server.hpp"
            if (text == "end") {
#include "parley/web/websocket_server.hpp"
                socket.terminate();
#include "parley/web/websocket_server.hpp"
                CHECK_FALSE(socket.send("too late"));
#include "parley/web/websocket_server.hpp"
                CHECK(socket.id() != 0);
#include "parley/web/websocket_server.hpp"
                return;
#include "parley/web/websocket_server.hpp"
            }
#include "parley/web/websocket_server.hpp"
            socket.send(text);
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
        socket.on_close([&] { gone.push_back(socket.id()); });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    net::SimulatedPeer& one = open_websocket(world);
#include "parley/web/websocket_server.hpp"
    net::SimulatedPeer& other = open_websocket(world);
#include "parley/web/websocket_server.hpp"
    one.send(frame(0x81, "a"));
#include "parley/web/websocket_server.hpp"
    other.send(frame(0x81, "b"));
#include "parley/web/websocket_server.hpp"
    world.settle();
#include "parley/web/websocket_server.hpp"
    CHECK(one.received() ==
#include "parley/web/websocket_server.hpp"
          "\x81\x01"
#include "parley/web/websocket_server.hpp"
          "a");
#include "parley/web/websocket_server.hpp"
    CHECK(other.received() ==
#include "parley/web/websocket_server.hpp"
          "\x81\x01"
#include "parley/web/websocket_server.hpp"
          "b");
#include "parley/web/websocket_server.hpp"
    one.send(frame(0x81, "end") + frame(0x81, "late"));
#include "parley/web/websocket_server.hpp"
    other.reset();
#include "parley/web/websocket_server.hpp"
    world.settle();
#include "parley/web/websocket_server.hpp"
    CHECK(gone.size() == 2);
#include "parley/web/websocket_server.hpp"
    CHECK(server.size() == 0);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("the handle of a WebSocket that a handler is lent stays what it is, whatever is done to it") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    WebSocketServer server(world.app, "/raw");
#include "parley/web/websocket_server.hpp"
    WebSocket kept;
#include "parley/web/websocket_server.hpp"
    server.on_connection([&](WebSocket& socket) {
#include "parley/web/websocket_server.hpp"
        WebSocket& same = socket;
#include "parley/web/websocket_server.hpp"
        socket = same;
#include "parley/web/websocket_server.hpp"
        kept = socket;
#include "parley/web/websocket_server.hpp"
        CHECK(socket == kept);
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    server.on_message([&](WebSocket& socket, std::string) {
#include "parley/web/websocket_server.hpp"
        CHECK(socket == kept);
#include "parley/web/websocket_server.hpp"
        socket = WebSocket();
#include "parley/web/websocket_server.hpp"
        WebSocket moved = std::move(socket);
#include "parley/web/websocket_server.hpp"
        std::swap(socket, moved);
#include "parley/web/websocket_server.hpp"
        CHECK(socket == kept);  // NOLINT(bugprone-use-after-move)
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    net::SimulatedPeer& peer = open_websocket(world);
#include "parley/web/websocket_server.hpp"
    CHECK(kept.send("x"));
#include "parley/web/websocket_server.hpp"
    peer.send(frame(0x81, "a"));
#include "parley/web/websocket_server.hpp"
    peer.send(frame(0x81, "b"));
#include "parley/web/websocket_server.hpp"
    world.settle();
#include "parley/web/websocket_server.hpp"
    CHECK(kept.is_open());
#include "parley/web/websocket_server.hpp"
    kept = WebSocket();
#include "parley/web/websocket_server.hpp"
    peer.reset();
#include "parley/web/websocket_server.hpp"
    world.settle();
#include "parley/web/websocket_server.hpp"
    CHECK(server.size() == 0);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
}  // namespace parley::server::test
#include "parley/web/websocket_server.hpp"
