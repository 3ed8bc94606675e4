// SPDX-License-Identifier: MIT
// What a program keeps with a socket, as an object of its own type.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/web/websocket_server.hpp"
#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

struct Player {
    std::string name = "nobody";
    int score = 0;
};

// Says when it goes; owns a handle of its own socket, as people's sessions do.
struct Session {
    Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() {
        if (ended != nullptr) ended->push_back(socket.id());
    }
    Socket socket;
    Words* ended = nullptr;
};

}  // namespace

TEST_CASE("each socket has its own state of each type, made when it is first asked for") {
    World world;
    world.io->use([](Socket& socket, SocketNext next) {
        socket.state<Player>().name = socket.auth()["name"].get<std::string>().value_or("?");
        next();
    });
    world.io->on("score", [](const Socket& socket, int points) { return socket.state<Player>().score += points; });
    world.io->on("name", [](Socket socket) { return socket.state<Player>().name; });
    world.io->on("other", [](Socket& socket) { return socket.state<std::vector<int>>().size(); });
    WebSocketClient one(world);
    WebSocketClient two(world);
    one.join("/", R"({"name":"ada"})");
    const std::string id = two.join("/", R"({"name":"bob"})");
    CHECK(one.ask(R"(421["score",2])") == Words{"431[2]"});
    CHECK(one.ask(R"(422["score",3])") == Words{"432[5]"});
    CHECK(two.ask(R"(421["score",1])") == Words{"431[1]"});
    CHECK(one.ask(R"(423["name"])") == Words{R"(433["ada"])"});
    CHECK(two.ask(R"(422["other"])") == Words{"432[0]"});
    const Socket found = world.io->find_socket(id);
    CHECK(found.state<Player>().name == "bob");
    CHECK(&found.state<Player>() == &world.io->find_socket(id).state<Player>());
}

TEST_CASE("the state of a socket is there while its end is told, and goes behind it, whoever has handles") {
    World world;
    Words ended;
    Words told;
    Socket kept;
    world.io->on_connection([&](Socket& socket) {
        socket.state<Session>().socket = socket;
        socket.state<Session>().ended = &ended;
        kept = socket;
        socket.on_disconnect([&] {
            told.push_back(socket.state<Session>().socket.id());
            CHECK(ended.empty());
        });
    });
    WebSocketClient client(world);
    const std::string id = client.join();
    client.vanish();
    CHECK(told == Words{id});
    CHECK(ended == Words{id});
    CHECK_FALSE(kept.state<Session>().socket);
    CHECK(kept.state<Player>().name == "nobody");
}

TEST_CASE("who has no state to be asked for gets one as new, each time") {
    Socket().state<Player>().score = 7;
    CHECK(Socket().state<Player>().score == 0);
    CHECK(WebSocket().state<Player>().score == 0);
}

TEST_CASE("a timer may refer to the state, which waits for it") {
    World world;
    Words ended;
    std::vector<int> scores;
    world.io->on_connection([&](Socket& socket) {
        Player& player = socket.state<Player>();
        socket.state<Session>().ended = &ended;
        socket.on("score", [&](int points) { player.score += points; });
        world.io->after(2s, [&] { scores.push_back(player.score); });
    });
    WebSocketClient client(world);
    client.join();
    client.send(R"(42["score",5])");
    client.vanish();
    world.pass(1s);
    CHECK(ended.empty());
    world.pass(2s);
    CHECK(scores == std::vector{5});
    CHECK(ended.size() == 1);
}

TEST_CASE("the state of a socket that is refused, or whose server is destroyed, goes as well") {
    World world;
    Words ended;
    bool admits = false;
    world.io->use([&](Socket& socket, SocketNext next) {
        socket.state<Session>().socket = socket;
        socket.state<Session>().ended = &ended;
        if (admits) return next();
        next.refuse("no");
    });
    WebSocketClient refused(world);
    refused.send("40");
    CHECK(ended.size() == 1);
    admits = true;
    WebSocketClient client(world);
    client.join();
    world.io->on("end", [&] { world.io.reset(); });
    client.send(R"(42["end"])");
    CHECK(ended.size() == 2);
}

TEST_CASE("a WebSocket has state, too, which goes behind its end") {
    World world;
    Words ended;
    WebSocketServer server(world.app, "/raw");
    server.on_connection([&](WebSocket& socket) { socket.state<Session>().ended = &ended; });
    server.on_message([](WebSocket& socket, std::string) { ++socket.state<Player>().score; });
    server.on_close([&](WebSocket& socket) { ended.push_back(std::to_string(socket.state<Player>().score)); });
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send(
        "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    world.settle();
    peer.send(std::string("\x81\x81\0\0\0\0a", 7));
    world.settle();
    peer.reset();
    world.settle();
    CHECK(ended == Words{"1", ""});
}

TEST_CASE("a handler that destroys the server may use the state of its socket until it returns") {
    World world;
    Words ended;
    world.io->on("end", [&](Socket& socket) {
        Player& player = socket.state<Player>();
        socket.state<Session>().socket = socket;
        socket.state<Session>().ended = &ended;
        world.io.reset();
        player.name += " was here";
        CHECK(ended.empty());
        CHECK(socket.state<Player>().name == "nobody was here");
    });
    WebSocketClient client(world);
    client.join();
    client.send(R"(42["end"])");
    CHECK(ended.size() == 1);
}

}  // namespace parley::server::test
