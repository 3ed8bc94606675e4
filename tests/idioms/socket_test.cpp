// SPDX-License-Identifier: MIT
// What people write who come from the official server, and from `ws`.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "parley/json/containers.hpp"
#include "parley/web/websocket_server.hpp"
#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

// A game as people write it: it knows the server, and its members are the handlers.
class Game {
 public:
    explicit Game(Server& io) : io_(io) {
        io_.on_connection([this](Socket& socket) { join(socket); });
    }

    [[nodiscard]] std::size_t size() const { return players_.size(); }

 private:
    void join(Socket& socket) {
        players_.emplace(socket.id(), socket);
        socket.on("move", [this, &socket](int step) { move(socket, step); });
        socket.on_disconnect([this, &socket] {
            players_.erase(socket.id());
            for (const auto& [id, player] : players_)
                player.emit("left", socket.id());
        });
    }
    void move(const Socket& socket, int step) {
        for (auto& [id, player] : players_)
            if (player != socket) player.emit("moved", step);
    }

    Server& io_;
    std::map<std::string, Socket> players_;
};

}  // namespace

TEST_CASE("a class has its sockets in a map by their id, and its members as handlers") {
    World world;
    Game game(*world.io);
    WebSocketClient one(world);
    WebSocketClient two(world);
    const std::string id = one.join();
    two.join();
    CHECK(one.ask(R"(42["move",3])").empty());
    CHECK(two.receive() == Words{R"(42["moved",3])"});
    one.vanish();
    CHECK(two.receive() == Words{"42[\"left\",\"" + id + "\"]"});
    CHECK(game.size() == 1);
}

TEST_CASE("the sockets of a loop are captured by value, or by the reference that a handler was lent") {
    World world;
    std::vector<Socket> all;
    std::unordered_map<std::string, Socket*> by_id;
    world.io->on_connection([&](Socket& socket) {
        all.push_back(socket);
        by_id[socket.id()] = &socket;
        socket.on_disconnect([&] { by_id.erase(socket.id()); });
    });
    world.io->on("greet all", [&] {
        for (const Socket& socket : all)
            world.io->after(1s, [socket] { socket.emit("hello"); });
        for (const Socket& socket : world.io->local_sockets())
            world.io->post([socket] { socket.emit("posted"); });
        for (const auto& [id, socket] : by_id)
            socket->emit("pointed");
    });
    WebSocketClient one(world);
    WebSocketClient two(world);
    one.join();
    two.join();
    two.send(R"(42["greet all"])");
    one.vanish();
    world.pass(2s);
    CHECK(two.receive() == Words{R"(42["pointed"])", R"(42["posted"])", R"(42["hello"])"});
    CHECK(by_id.size() == 1);
}

TEST_CASE("a loop over sockets whose variable a timer would refer to is refused") {
    World world;
    world.io->on("greet all", [&] {
        for (const Socket& socket : world.io->local_sockets()) {
            const Socket& one = socket;
            const Socket copy = one;
            world.io->after(1s, [&copy] { copy.emit("never"); });
        }
    });
    WebSocketClient client(world);
    client.join();
    client.send(R"(42["greet all"])");
    CHECK(world.failures.size() == 1);
    world.pass(2s);
    CHECK(client.receive().empty());
}

TEST_CASE("handlers are added, replaced and taken away by handlers, also by themselves") {
    World world;
    world.io->on_connection([&](Socket& socket) {
        socket.on("once", [&] {
            socket.off("once");
            socket.emit("first");
            socket.on("once", [&] { socket.emit("second"); });
        });
        socket.on("all off", [&, text = std::string("still here, and longer than what fits into a string")] {
            socket.off("all off");
            socket.off_any();
            world.io->off("all off");
            socket.emit(text);
        });
        socket.on("grow", [&] {
            for (int i = 0; i < 100; ++i)
                socket.on("grow", [&] { socket.emit("grown"); });
        });
    });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(42["once"])") == Words{R"(42["first"])"});
    CHECK(client.ask(R"(42["once"])") == Words{R"(42["second"])"});
    CHECK(client.ask(R"(42["all off"])") == Words{R"(42["still here, and longer than what fits into a string"])"});
    CHECK(client.ask(R"(42["all off"])").empty());
    CHECK(client.ask(R"(42["grow"])").empty());
    CHECK(client.ask(R"(42["grow"])").size() == 100);
}

TEST_CASE("a handler that emits, asks and is asked again does so without an end to the stack") {
    World world;
    int rounds = 0;
    std::function<void(Socket&)> ask = [&](Socket& socket) {
        socket.emit("ping", ++rounds, [&](int round) {
            if (round < 1000) ask(socket);
        });
    };
    world.io->on_connection([&](Socket& socket) { ask(socket); });
    WebSocketClient client(world);
    const Words first = client.ask("40");
    REQUIRE(first.size() == 2);
    for (int round = 1; round < 1000; ++round)
        client.send_soon("43" + std::to_string(round - 1) + "[" + std::to_string(round) + "]");
    world.settle();
    CHECK(rounds == 1000);
}

TEST_CASE("a socket is used after its end: in its disconnect handlers, a timer, a callback, a container") {
    World world;
    std::vector<bool> sent;
    std::set<std::string> gone;
    world.io->on_connection([&](Socket& socket) {
        socket.join("room");
        socket.on_disconnecting([&] {
            for (const std::string& room : socket.rooms())
                gone.insert(room);
        });
        socket.on_disconnect([&](std::string reason) {
            sent.push_back(socket.emit("no", reason));
            sent.push_back(socket.join("room"));
            sent.push_back(socket.to("room").emit("yes"));
            world.io->after(1s, [&, reason] {
                sent.push_back(socket.timeout(1s).emit(
                    "no", reason, [&](Result<Json> answer) { sent.push_back(answer.has_value()); }));
                sent.push_back(socket.disconnect(true));
                socket.on("x", [&] { sent.push_back(true); });
                CHECK(socket.rooms().empty());
                CHECK(socket.id().empty());
                CHECK(socket.handshake().header("host").empty());
                CHECK(socket.nsp().name().empty());
            });
        });
    });
    WebSocketClient client(world);
    client.join();
    client.vanish();
    CHECK(gone.contains("room"));
    world.pass(5s);
    CHECK(sent == std::vector{false, false, true, false, false});
}

TEST_CASE("whatever a handler throws is contained: text, a number, nothing standard") {
    World world;
    struct Own {};
    world.io->on("text", [] { throw std::string("ouch"); });
    world.io->on("number", [](Ack) { throw 7; });
    world.io->on("own", []() -> int { throw Own(); });
    world.io->on("literal", [](Socket& socket) {
        socket.emit("sent");
        throw "ouch";
    });
    world.io->on_connection([](Socket&) { throw std::string("connection"); });
    WebSocketClient client(world);
    client.join();
    for (const char* event : {"text", "number", "own"})
        CHECK(client.ask("421[\"" + std::string(event) + "\"]") == Words{R"(431[{"error":"internal error"}])"});
    CHECK(client.ask(R"(42["literal"])") == Words{R"(42["sent"])"});
    CHECK(world.failures.size() == 5);
}

TEST_CASE("handlers take and return what the standard library has") {
    World world;
    world.io->on("sum", [](const std::vector<int>& numbers) {
        int sum = 0;
        for (const int number : numbers)
            sum += number;
        return sum;
    });
    world.io->on("bits", [](std::vector<bool> bits) {
        bits.flip();
        return bits;
    });
    world.io->on("view", [](std::string_view text) { return std::string(text.substr(1)); });
    world.io->on("maybe", [](std::optional<std::string> text) { return text ? text : std::nullopt; });
    world.io->on("map", [](std::map<std::string, int> prices) {
        for (auto& [name, price] : prices)
            price *= 2;
        return prices;
    });
    world.io->on("literal", [] { return "text"; });
    world.io->on("json", [](Json value) { return value["a"][0]; });
    world.io->on("bytes", [](BytesView bytes) { return bytes.size(); });
    world.io->on("self", [](const Json& value) -> const Json& { return value; });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(421["sum",[1,2,3]])") == Words{"431[6]"});
    CHECK(client.ask(R"(421["bits",[true,false]])") == Words{"431[[false,true]]"});
    CHECK(client.ask(R"(421["view","text"])") == Words{R"(431["ext"])"});
    CHECK(client.ask(R"(421["maybe"])") == Words{"431[null]"});
    CHECK(client.ask(R"(421["map",{"tea":2}])") == Words{R"(431[{"tea":4}])"});
    CHECK(client.ask(R"(421["literal"])") == Words{R"(431["text"])"});
    CHECK(client.ask(R"(421["json",{"a":[7]}])") == Words{"431[7]"});
    CHECK(client.ask(R"(421["self",{"b":1}])") == Words{R"(431[{"b":1}])"});
}

TEST_CASE("a handler may close the server, destroy it, or disconnect everybody, and go on") {
    for (const int way : {0, 1, 2, 3}) {
        CAPTURE(way);
        World world;
        Words ends;
        world.io->on_connection([&](Socket& socket) {
            socket.on_disconnect([&](std::string reason) { ends.push_back(reason); });
            socket.on("end", [&, text = std::string("a text that does not fit into its string")] {
                if (way == 0) world.io->close();
                if (way == 1) world.io->disconnect_sockets(true);
                if (way == 2) world.io.reset();
                if (way == 3) socket.disconnect(true);
                socket.emit("behind", text);
                CHECK(text.size() == 40);
                if (world.io) world.io->emit("behind", text);
            });
        });
        WebSocketClient client(world);
        WebSocketClient other(world);
        client.join();
        other.join();
        client.send(R"(42["end"])");
        world.pass(1s);
        CHECK(ends.size() == std::array<std::size_t, 4>{2, 2, 0, 1}[static_cast<std::size_t>(way)]);
    }
}

TEST_CASE("what a broadcast is given may end with the call, and be made in place") {
    World world;
    world.io->on_connection([](Socket& socket) { socket.join({"a", "b"}); });
    world.io->on("say", [&](Socket& socket, const std::string& text) {
        const std::vector<std::string> rooms{"a", "b"};
        const std::string_view view = text;
        const char letters[] = {'x', 'y'};
        socket.to(rooms).emit("view", view);
        socket.to({"a", "b"}).except("c").emit(std::string("made") + " here", std::string("text"));
        socket.to(std::string("a")).emit("letters", letters);
        world.io->in("a").emit("bytes", std::span<const int>({1, 2}).size(), std::vector<std::string>{"p", "q"});
        auto selection = world.io->to("a");
        selection = selection.to("b");
        selection.emit("kept", std::make_unique<std::string>("owned")->c_str());
    });
    WebSocketClient one(world);
    WebSocketClient two(world);
    one.join();
    two.join();
    one.send(R"(42["say","hello"])");
    CHECK(two.receive() == Words{R"(42["view","hello"])", R"(42["made here","text"])", R"(42["letters","xy"])",
                                 R"(42["bytes",2,["p","q"]])", R"(42["kept","owned"])"});
}

TEST_CASE("a WebSocket is kept in a set, used after its end, and closed while all are told") {
    World world;
    WebSocketServer server(world.app, "/raw");
    std::set<std::uint64_t> ids;
    std::vector<WebSocket> all;
    std::vector<bool> sent;
    server.on_connection([&](WebSocket& socket) {
        ids.insert(socket.id());
        all.push_back(socket);
        socket.on_message([&](std::string_view text) {
            if (text == "end all") {
                for (const WebSocket& each : all)
                    each.terminate();
                sent.push_back(socket.send(text));
            }
            for (const WebSocket& each : all)
                each.send(std::string(text) + "!");
        });
        socket.on_close([&] {
            ids.erase(socket.id());
            world.app.after(1s, [&] { sent.push_back(socket.send("late")); });
        });
    });
    std::vector<net::SimulatedPeer*> peers;
    for (int i = 0; i < 3; ++i) {
        peers.push_back(&world.network.connect(static_cast<std::uint16_t>(world.app.port())));
        peers.back()->send(
            "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        world.settle();
        peers.back()->received().clear();
    }
    peers[0]->send(std::string("\x81\x81\0\0\0\0a", 7));
    world.settle();
    for (net::SimulatedPeer* peer : peers)
        CHECK(peer->received() ==
              "\x81\x02"
              "a!");
    peers[1]->send(std::string("\x81\x87\0\0\0\0end all", 13));
    world.pass(2s);
    CHECK(ids.empty());
    CHECK(sent == std::vector{false, false, false, false});
    CHECK(server.size() == 0);
}

}  // namespace parley::server::test
