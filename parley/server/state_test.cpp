// SPDX-License-Identifier: MIT
#include "parley/web/websocket_server.hpp"
// What a program keeps with a socket, as an object of its own type.
#include <doctest/doctest.h>
#include "parley/web/websocket_server.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
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
struct Player {
#include "parley/web/websocket_server.hpp"
    std::string name = "nobody";
#include "parley/web/websocket_server.hpp"
    int score = 0;
#include "parley/web/websocket_server.hpp"
};
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
// Says when it goes; owns a handle of its own socket, as people's sessions do.
#include "parley/web/websocket_server.hpp"
struct Session {
#include "parley/web/websocket_server.hpp"
    Session() = default;
#include "parley/web/websocket_server.hpp"
    Session(const Session&) = delete;
#include "parley/web/websocket_server.hpp"
    Session& operator=(const Session&) = delete;
#include "parley/web/websocket_server.hpp"
    ~Session() {
#include "parley/web/websocket_server.hpp"
        if (ended != nullptr) ended->push_back(socket.id());
#include "parley/web/websocket_server.hpp"
    }
#include "parley/web/websocket_server.hpp"
    Socket socket;
#include "parley/web/websocket_server.hpp"
    Words* ended = nullptr;
#include "parley/web/websocket_server.hpp"
};
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
}  // namespace
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("each socket has its own state of each type, made when it is first asked for") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    world.io->use([](Socket& socket, SocketNext next) {
#include "parley/web/websocket_server.hpp"
        socket.state<Player>().name = socket.auth()["name"].get<std::string>().value_or("?");
#include "parley/web/websocket_server.hpp"
        next();
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    world.io->on("score", [](const Socket& socket, int points) { return socket.state<Player>().score += points; });
#include "parley/web/websocket_server.hpp"
    world.io->on("name", [](Socket socket) { return socket.state<Player>().name; });
#include "parley/web/websocket_server.hpp"
    world.io->on("other", [](Socket& socket) { return socket.state<std::vector<int>>().size(); });
#include "parley/web/websocket_server.hpp"
    WebSocketClient one(world);
#include "parley/web/websocket_server.hpp"
    WebSocketClient two(world);
#include "parley/web/websocket_server.hpp"
    one.join("/", R"({"name":"ada"})");
#include "parley/web/websocket_server.hpp"
    const std::string id = two.join("/", R"({"name":"bob"})");
#include "parley/web/websocket_server.hpp"
    CHECK(one.ask(R"(421["score",2])") == Words{"431[2]"});
#include "parley/web/websocket_server.hpp"
    CHECK(one.ask(R"(422["score",3])") == Words{"432[5]"});
#include "parley/web/websocket_server.hpp"
    CHECK(two.ask(R"(421["score",1])") == Words{"431[1]"});
#include "parley/web/websocket_server.hpp"
    CHECK(one.ask(R"(423["name"])") == Words{R"(433["ada"])"});
#include "parley/web/websocket_server.hpp"
    CHECK(two.ask(R"(422["other"])") == Words{"432[0]"});
#include "parley/web/websocket_server.hpp"
    const Socket found = world.io->find_socket(id);
#include "parley/web/websocket_server.hpp"
    CHECK(found.state<Player>().name == "bob");
#include "parley/web/websocket_server.hpp"
    CHECK(&found.state<Player>() == &world.io->find_socket(id).state<Player>());
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("the state of a socket is there while its end is told, and goes behind it, whoever has handles") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Words ended;
#include "parley/web/websocket_server.hpp"
    Words told;
#include "parley/web/websocket_server.hpp"
    Socket kept;
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        socket.state<Session>().socket = socket;
#include "parley/web/websocket_server.hpp"
        socket.state<Session>().ended = &ended;
#include "parley/web/websocket_server.hpp"
        kept = socket;
#include "parley/web/websocket_server.hpp"
        socket.on_disconnect([&] {
#include "parley/web/websocket_server.hpp"
            told.push_back(socket.state<Session>().socket.id());
#include "parley/web/websocket_server.hpp"
            CHECK(ended.empty());
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    const std::string id = client.join();
#include "parley/web/websocket_server.hpp"
    client.vanish();
#include "parley/web/websocket_server.hpp"
    CHECK(told == Words{id});
#include "parley/web/websocket_server.hpp"
    CHECK(ended == Words{id});
#include "parley/web/websocket_server.hpp"
    CHECK_FALSE(kept.state<Session>().socket);
#include "parley/web/websocket_server.hpp"
    CHECK(kept.state<Player>().name == "nobody");
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("who has no state to be asked for gets one as new, each time") {
#include "parley/web/websocket_server.hpp"
    Socket().state<Player>().score = 7;
#include "parley/web/websocket_server.hpp"
    CHECK(Socket().state<Player>().score == 0);
#include "parley/web/websocket_server.hpp"
    CHECK(WebSocket().state<Player>().score == 0);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a timer may refer to the state, which waits for it") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Words ended;
#include "parley/web/websocket_server.hpp"
    std::vector<int> scores;
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        Player& player = socket.state<Player>();
#include "parley/web/websocket_server.hpp"
        socket.state<Session>().ended = &ended;
#include "parley/web/websocket_server.hpp"
        socket.on("score", [&](int points) { player.score += points; });
#include "parley/web/websocket_server.hpp"
        world.io->after(2s, [&] { scores.push_back(player.score); });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    client.join();
#include "parley/web/websocket_server.hpp"
    client.send(R"(42["score",5])");
#include "parley/web/websocket_server.hpp"
    client.vanish();
#include "parley/web/websocket_server.hpp"
    world.pass(1s);
#include "parley/web/websocket_server.hpp"
    CHECK(ended.empty());
#include "parley/web/websocket_server.hpp"
    world.pass(2s);
#include "parley/web/websocket_server.hpp"
    CHECK(scores == std::vector{5});
#include "parley/web/websocket_server.hpp"
    CHECK(ended.size() == 1);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("the state of a socket that is refused, or whose server is destroyed, goes as well") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Words ended;
#include "parley/web/websocket_server.hpp"
    bool admits = false;
#include "parley/web/websocket_server.hpp"
    world.io->use([&](Socket& socket, SocketNext next) {
#include "parley/web/websocket_server.hpp"
        socket.state<Session>().socket = socket;
#include "parley/web/websocket_server.hpp"
        socket.state<Session>().ended = &ended;
#include "parley/web/websocket_server.hpp"
        if (admits) return next();
#include "parley/web/websocket_server.hpp"
        next.refuse("no");
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient refused(world);
#include "parley/web/websocket_server.hpp"
    refused.send("40");
#include "parley/web/websocket_server.hpp"
    CHECK(ended.size() == 1);
#include "parley/web/websocket_server.hpp"
    admits = true;
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    client.join();
#include "parley/web/websocket_server.hpp"
    world.io->on("end", [&] { world.io.reset(); });
#include "parley/web/websocket_server.hpp"
    client.send(R"(42["end"])");
#include "parley/web/websocket_server.hpp"
    CHECK(ended.size() == 2);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a WebSocket has state, too, which goes behind its end") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Words ended;
#include "parley/web/websocket_server.hpp"
    WebSocketServer server(world.app, "/raw");
#include "parley/web/websocket_server.hpp"
    server.on_connection([&](WebSocket& socket) { socket.state<Session>().ended = &ended; });
#include "parley/web/websocket_server.hpp"
    server.on_message([](WebSocket& socket, std::string) { ++socket.state<Player>().score; });
#include "parley/web/websocket_server.hpp"
    server.on_close([&](WebSocket& socket) { ended.push_back(std::to_string(socket.state<Player>().score)); });
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
    peer.send(std::string("\x81\x81\0\0\0\0a", 7));
#include "parley/web/websocket_server.hpp"
    world.settle();
#include "parley/web/websocket_server.hpp"
    peer.reset();
#include "parley/web/websocket_server.hpp"
    world.settle();
#include "parley/web/websocket_server.hpp"
    CHECK(ended == Words{"1", ""});
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a handler that destroys the server may use the state of its socket until it returns") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Words ended;
#include "parley/web/websocket_server.hpp"
    world.io->on("end", [&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        Player& player = socket.state<Player>();
#include "parley/web/websocket_server.hpp"
        socket.state<Session>().socket = socket;
#include "parley/web/websocket_server.hpp"
        socket.state<Session>().ended = &ended;
#include "parley/web/websocket_server.hpp"
        world.io.reset();
#include "parley/web/websocket_server.hpp"
        player.name += " was here";
#include "parley/web/websocket_server.hpp"
        CHECK(ended.empty());
#include "parley/web/websocket_server.hpp"
        CHECK(socket.state<Player>().name == "nobody was here");
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    client.join();
#include "parley/web/websocket_server.hpp"
    client.send(R"(42["end"])");
#include "parley/web/websocket_server.hpp"
    CHECK(ended.size() == 1);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
}  // namespace parley::server::test
#include "parley/web/websocket_server.hpp"
