// SPDX-License-Identifier: MIT
#include "parley/web/websocket_server.hpp"
// What people write who come from the official server, and from `ws`.
#include <doctest/doctest.h>
#include "parley/web/websocket_server.hpp"

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
#include "parley/web/websocket_server.hpp"

#include "parley/json/containers.hpp"
#include "parley/web/websocket_server.hpp"
#include "tests/support/socketio_world.hpp"

#include "parley/web/websocket_server.hpp"
namespace parley::server::test {
#include "parley/web/websocket_server.hpp"
namespace {
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
// A game as people write it: it knows the server, and its members are the handlers.
#include "parley/web/websocket_server.hpp"
class Game {
#include "parley/web/websocket_server.hpp"
 public:
#include "parley/web/websocket_server.hpp"
    explicit Game(Server& io) : io_(io) {
#include "parley/web/websocket_server.hpp"
        io_.on_connection([this](Socket& socket) { join(socket); });
#include "parley/web/websocket_server.hpp"
    }
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
    [[nodiscard]] std::size_t size() const { return players_.size(); }
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
 private:
#include "parley/web/websocket_server.hpp"
    void join(Socket& socket) {
#include "parley/web/websocket_server.hpp"
        players_.emplace(socket.id(), socket);
#include "parley/web/websocket_server.hpp"
        socket.on("move", [this, &socket](int step) { move(socket, step); });
#include "parley/web/websocket_server.hpp"
        socket.on_disconnect([this, &socket] {
#include "parley/web/websocket_server.hpp"
            players_.erase(socket.id());
#include "parley/web/websocket_server.hpp"
            for (const auto& [id, player] : players_)
#include "parley/web/websocket_server.hpp"
                player.emit("left", socket.id());
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
    }
#include "parley/web/websocket_server.hpp"
    void move(const Socket& socket, int step) {
#include "parley/web/websocket_server.hpp"
        for (auto& [id, player] : players_)
#include "parley/web/websocket_server.hpp"
            if (player != socket) player.emit("moved", step);
#include "parley/web/websocket_server.hpp"
    }
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
    Server& io_;
#include "parley/web/websocket_server.hpp"
    std::map<std::string, Socket> players_;
#include "parley/web/websocket_server.hpp"
};
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
}  // namespace
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a class has its sockets in a map by their id, and its members as handlers") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Game game(*world.io);
#include "parley/web/websocket_server.hpp"
    WebSocketClient one(world);
#include "parley/web/websocket_server.hpp"
    WebSocketClient two(world);
#include "parley/web/websocket_server.hpp"
    const std::string id = one.join();
#include "parley/web/websocket_server.hpp"
    two.join();
#include "parley/web/websocket_server.hpp"
    CHECK(one.ask(R"(42["move",3])").empty());
#include "parley/web/websocket_server.hpp"
    CHECK(two.receive() == Words{R"(42["moved",3])"});
#include "parley/web/websocket_server.hpp"
    one.vanish();
#include "parley/web/websocket_server.hpp"
    CHECK(two.receive() == Words{"42[\"left\",\"" + id + "\"]"});
#include "parley/web/websocket_server.hpp"
    CHECK(game.size() == 1);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("the sockets of a loop are captured by value, or by the reference that a handler was lent") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    std::vector<Socket> all;
#include "parley/web/websocket_server.hpp"
    std::unordered_map<std::string, Socket*> by_id;
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        all.push_back(socket);
#include "parley/web/websocket_server.hpp"
        by_id[socket.id()] = &socket;
#include "parley/web/websocket_server.hpp"
        socket.on_disconnect([&] { by_id.erase(socket.id()); });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    world.io->on("greet all", [&] {
#include "parley/web/websocket_server.hpp"
        for (const Socket& socket : all)
#include "parley/web/websocket_server.hpp"
            world.io->after(1s, [socket] { socket.emit("hello"); });
#include "parley/web/websocket_server.hpp"
        for (const Socket& socket : world.io->fetch_sockets())
#include "parley/web/websocket_server.hpp"
            world.io->post([socket] { socket.emit("posted"); });
#include "parley/web/websocket_server.hpp"
        for (const auto& [id, socket] : by_id)
#include "parley/web/websocket_server.hpp"
            socket->emit("pointed");
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient one(world);
#include "parley/web/websocket_server.hpp"
    WebSocketClient two(world);
#include "parley/web/websocket_server.hpp"
    one.join();
#include "parley/web/websocket_server.hpp"
    two.join();
#include "parley/web/websocket_server.hpp"
    two.send(R"(42["greet all"])");
#include "parley/web/websocket_server.hpp"
    one.vanish();
#include "parley/web/websocket_server.hpp"
    world.pass(2s);
#include "parley/web/websocket_server.hpp"
    CHECK(two.receive() == Words{R"(42["pointed"])", R"(42["posted"])", R"(42["hello"])"});
#include "parley/web/websocket_server.hpp"
    CHECK(by_id.size() == 1);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a loop over sockets whose variable a timer would refer to is refused") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    world.io->on("greet all", [&] {
#include "parley/web/websocket_server.hpp"
        for (const Socket& socket : world.io->fetch_sockets()) {
#include "parley/web/websocket_server.hpp"
            const Socket& one = socket;
#include "parley/web/websocket_server.hpp"
            const Socket copy = one;
#include "parley/web/websocket_server.hpp"
            world.io->after(1s, [&copy] { copy.emit("never"); });
#include "parley/web/websocket_server.hpp"
        }
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    client.join();
#include "parley/web/websocket_server.hpp"
    client.send(R"(42["greet all"])");
#include "parley/web/websocket_server.hpp"
    CHECK(world.failures.size() == 1);
#include "parley/web/websocket_server.hpp"
    world.pass(2s);
#include "parley/web/websocket_server.hpp"
    CHECK(client.receive().empty());
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("handlers are added, replaced and taken away by handlers, also by themselves") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        socket.on("once", [&] {
#include "parley/web/websocket_server.hpp"
            socket.off("once");
#include "parley/web/websocket_server.hpp"
            socket.emit("first");
#include "parley/web/websocket_server.hpp"
            socket.on("once", [&] { socket.emit("second"); });
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
        socket.on("all off", [&, text = std::string("still here, and longer than what fits into a string")] {
#include "parley/web/websocket_server.hpp"
            socket.off("all off");
#include "parley/web/websocket_server.hpp"
            socket.off_any();
#include "parley/web/websocket_server.hpp"
            world.io->off("all off");
#include "parley/web/websocket_server.hpp"
            socket.emit(text);
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
        socket.on("grow", [&] {
#include "parley/web/websocket_server.hpp"
            for (int i = 0; i < 100; ++i)
#include "parley/web/websocket_server.hpp"
                socket.on("grow", [&] { socket.emit("grown"); });
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    client.join();
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(42["once"])") == Words{R"(42["first"])"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(42["once"])") == Words{R"(42["second"])"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(42["all off"])") == Words{R"(42["still here, and longer than what fits into a string"])"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(42["all off"])").empty());
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(42["grow"])").empty());
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(42["grow"])").size() == 100);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a handler that emits, asks and is asked again does so without an end to the stack") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    int rounds = 0;
#include "parley/web/websocket_server.hpp"
    std::function<void(Socket&)> ask = [&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        socket.emit("ping", ++rounds, [&](int round) {
#include "parley/web/websocket_server.hpp"
            if (round < 1000) ask(socket);
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
    };
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](Socket& socket) { ask(socket); });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    const Words first = client.ask("40");
#include "parley/web/websocket_server.hpp"
    REQUIRE(first.size() == 2);
#include "parley/web/websocket_server.hpp"
    for (int round = 1; round < 1000; ++round)
#include "parley/web/websocket_server.hpp"
        client.send_soon("43" + std::to_string(round - 1) + "[" + std::to_string(round) + "]");
#include "parley/web/websocket_server.hpp"
    world.settle();
#include "parley/web/websocket_server.hpp"
    CHECK(rounds == 1000);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a socket is used after its end: in its disconnect handlers, a timer, a callback, a container") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    std::vector<bool> sent;
#include "parley/web/websocket_server.hpp"
    std::set<std::string> gone;
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        socket.join("room");
#include "parley/web/websocket_server.hpp"
        socket.on_disconnecting([&] {
#include "parley/web/websocket_server.hpp"
            for (const std::string& room : socket.rooms())
#include "parley/web/websocket_server.hpp"
                gone.insert(room);
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
        socket.on_disconnect([&](std::string reason) {
#include "parley/web/websocket_server.hpp"
            sent.push_back(socket.emit("no", reason));
#include "parley/web/websocket_server.hpp"
            sent.push_back(socket.join("room"));
#include "parley/web/websocket_server.hpp"
            sent.push_back(socket.to("room").emit("yes"));
#include "parley/web/websocket_server.hpp"
            world.io->after(1s, [&, reason] {
#include "parley/web/websocket_server.hpp"
                sent.push_back(socket.timeout(1s).emit(
#include "parley/web/websocket_server.hpp"
                    "no", reason, [&](Result<Json> answer) { sent.push_back(answer.has_value()); }));
#include "parley/web/websocket_server.hpp"
                sent.push_back(socket.disconnect(true));
#include "parley/web/websocket_server.hpp"
                socket.on("x", [&] { sent.push_back(true); });
#include "parley/web/websocket_server.hpp"
                CHECK(socket.rooms().empty());
#include "parley/web/websocket_server.hpp"
                CHECK(socket.id().empty());
#include "parley/web/websocket_server.hpp"
                CHECK(socket.handshake().header("host").empty());
#include "parley/web/websocket_server.hpp"
                CHECK(socket.nsp().name().empty());
#include "parley/web/websocket_server.hpp"
            });
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    client.join();
#include "parley/web/websocket_server.hpp"
    client.vanish();
#include "parley/web/websocket_server.hpp"
    CHECK(gone.contains("room"));
#include "parley/web/websocket_server.hpp"
    world.pass(5s);
#include "parley/web/websocket_server.hpp"
    CHECK(sent == std::vector{false, false, true, false, false});
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("whatever a handler throws is contained: text, a number, nothing standard") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    struct Own {};
#include "parley/web/websocket_server.hpp"
    world.io->on("text", [] { throw std::string("ouch"); });
#include "parley/web/websocket_server.hpp"
    world.io->on("number", [](Ack) { throw 7; });
#include "parley/web/websocket_server.hpp"
    world.io->on("own", []() -> int { throw Own(); });
#include "parley/web/websocket_server.hpp"
    world.io->on("literal", [](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        socket.emit("sent");
#include "parley/web/websocket_server.hpp"
        throw "ouch";
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([](Socket&) { throw std::string("connection"); });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    client.join();
#include "parley/web/websocket_server.hpp"
    for (const char* event : {"text", "number", "own"})
#include "parley/web/websocket_server.hpp"
        CHECK(client.ask("421[\"" + std::string(event) + "\"]") == Words{R"(431[{"error":"internal error"}])"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(42["literal"])") == Words{R"(42["sent"])"});
#include "parley/web/websocket_server.hpp"
    CHECK(world.failures.size() == 5);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("handlers take and return what the standard library has") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    world.io->on("sum", [](const std::vector<int>& numbers) {
#include "parley/web/websocket_server.hpp"
        int sum = 0;
#include "parley/web/websocket_server.hpp"
        for (const int number : numbers)
#include "parley/web/websocket_server.hpp"
            sum += number;
#include "parley/web/websocket_server.hpp"
        return sum;
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    world.io->on("bits", [](std::vector<bool> bits) {
#include "parley/web/websocket_server.hpp"
        bits.flip();
#include "parley/web/websocket_server.hpp"
        return bits;
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    world.io->on("view", [](std::string_view text) { return std::string(text.substr(1)); });
#include "parley/web/websocket_server.hpp"
    world.io->on("maybe", [](std::optional<std::string> text) { return text ? text : std::nullopt; });
#include "parley/web/websocket_server.hpp"
    world.io->on("map", [](std::map<std::string, int> prices) {
#include "parley/web/websocket_server.hpp"
        for (auto& [name, price] : prices)
#include "parley/web/websocket_server.hpp"
            price *= 2;
#include "parley/web/websocket_server.hpp"
        return prices;
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    world.io->on("literal", [] { return "text"; });
#include "parley/web/websocket_server.hpp"
    world.io->on("json", [](Json value) { return value["a"][0]; });
#include "parley/web/websocket_server.hpp"
    world.io->on("bytes", [](BytesView bytes) { return bytes.size(); });
#include "parley/web/websocket_server.hpp"
    world.io->on("self", [](const Json& value) -> const Json& { return value; });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    client.join();
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(421["sum",[1,2,3]])") == Words{"431[6]"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(421["bits",[true,false]])") == Words{"431[[false,true]]"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(421["view","text"])") == Words{R"(431["ext"])"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(421["maybe"])") == Words{"431[null]"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(421["map",{"tea":2}])") == Words{R"(431[{"tea":4}])"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(421["literal"])") == Words{R"(431["text"])"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(421["json",{"a":[7]}])") == Words{"431[7]"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(421["self",{"b":1}])") == Words{R"(431[{"b":1}])"});
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a handler may close the server, destroy it, or disconnect everybody, and go on") {
#include "parley/web/websocket_server.hpp"
    for (const int way : {0, 1, 2, 3}) {
#include "parley/web/websocket_server.hpp"
        CAPTURE(way);
#include "parley/web/websocket_server.hpp"
        World world;
#include "parley/web/websocket_server.hpp"
        Words ends;
#include "parley/web/websocket_server.hpp"
        world.io->on_connection([&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
            socket.on_disconnect([&](std::string reason) { ends.push_back(reason); });
#include "parley/web/websocket_server.hpp"
            socket.on("end", [&, text = std::string("a text that does not fit into its string")] {
#include "parley/web/websocket_server.hpp"
                if (way == 0) world.io->close();
#include "parley/web/websocket_server.hpp"
                if (way == 1) world.io->disconnect_sockets(true);
#include "parley/web/websocket_server.hpp"
                if (way == 2) world.io.reset();
#include "parley/web/websocket_server.hpp"
                if (way == 3) socket.disconnect(true);
#include "parley/web/websocket_server.hpp"
                socket.emit("behind", text);
#include "parley/web/websocket_server.hpp"
                CHECK(text.size() == 40);
#include "parley/web/websocket_server.hpp"
                if (world.io) world.io->emit("behind", text);
#include "parley/web/websocket_server.hpp"
            });
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
        WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
        WebSocketClient other(world);
#include "parley/web/websocket_server.hpp"
        client.join();
#include "parley/web/websocket_server.hpp"
        other.join();
#include "parley/web/websocket_server.hpp"
        client.send(R"(42["end"])");
#include "parley/web/websocket_server.hpp"
        world.pass(1s);
#include "parley/web/websocket_server.hpp"
        CHECK(ends.size() == std::array<std::size_t, 4>{2, 2, 0, 1}[static_cast<std::size_t>(way)]);
#include "parley/web/websocket_server.hpp"
    }
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("what a broadcast is given may end with the call, and be made in place") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([](Socket& socket) { socket.join({"a", "b"}); });
#include "parley/web/websocket_server.hpp"
    world.io->on("say", [&](Socket& socket, const std::string& text) {
#include "parley/web/websocket_server.hpp"
        const std::vector<std::string> rooms{"a", "b"};
#include "parley/web/websocket_server.hpp"
        const std::string_view view = text;
#include "parley/web/websocket_server.hpp"
        const char letters[] = {'x', 'y'};
#include "parley/web/websocket_server.hpp"
        socket.to(rooms).emit("view", view);
#include "parley/web/websocket_server.hpp"
        socket.to({"a", "b"}).except("c").emit(std::string("made") + " here", std::string("text"));
#include "parley/web/websocket_server.hpp"
        socket.to(std::string("a")).emit("letters", letters);
#include "parley/web/websocket_server.hpp"
        world.io->in("a").emit("bytes", std::span<const int>({1, 2}).size(), std::vector<std::string>{"p", "q"});
#include "parley/web/websocket_server.hpp"
        auto selection = world.io->to("a");
#include "parley/web/websocket_server.hpp"
        selection = selection.to("b");
#include "parley/web/websocket_server.hpp"
        selection.emit("kept", std::make_unique<std::string>("owned")->c_str());
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient one(world);
#include "parley/web/websocket_server.hpp"
    WebSocketClient two(world);
#include "parley/web/websocket_server.hpp"
    one.join();
#include "parley/web/websocket_server.hpp"
    two.join();
#include "parley/web/websocket_server.hpp"
    one.send(R"(42["say","hello"])");
#include "parley/web/websocket_server.hpp"
    CHECK(two.receive() == Words{R"(42["view","hello"])", R"(42["made here","text"])", R"(42["letters","xy"])",
#include "parley/web/websocket_server.hpp"
                                 R"(42["bytes",2,["p","q"]])", R"(42["kept","owned"])"});
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a WebSocket is kept in a set, used after its end, and closed while all are told") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    WebSocketServer server(world.app, "/raw");
#include "parley/web/websocket_server.hpp"
    std::set<std::uint64_t> ids;
#include "parley/web/websocket_server.hpp"
    std::vector<WebSocket> all;
#include "parley/web/websocket_server.hpp"
    std::vector<bool> sent;
#include "parley/web/websocket_server.hpp"
    server.on_connection([&](WebSocket& socket) {
#include "parley/web/websocket_server.hpp"
        ids.insert(socket.id());
#include "parley/web/websocket_server.hpp"
        all.push_back(socket);
#include "parley/web/websocket_server.hpp"
        socket.on_message([&](std::string_view text) {
#include "parley/web/websocket_server.hpp"
            if (text == "end all") {
#include "parley/web/websocket_server.hpp"
                for (const WebSocket& each : all)
#include "parley/web/websocket_server.hpp"
                    each.terminate();
#include "parley/web/websocket_server.hpp"
                sent.push_back(socket.send(text));
#include "parley/web/websocket_server.hpp"
            }
#include "parley/web/websocket_server.hpp"
            for (const WebSocket& each : all)
#include "parley/web/websocket_server.hpp"
                each.send(std::string(text) + "!");
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
        socket.on_close([&] {
#include "parley/web/websocket_server.hpp"
            ids.erase(socket.id());
#include "parley/web/websocket_server.hpp"
            world.app.after(1s, [&] { sent.push_back(socket.send("late")); });
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    std::vector<net::SimulatedPeer*> peers;
#include "parley/web/websocket_server.hpp"
    for (int i = 0; i < 3; ++i) {
#include "parley/web/websocket_server.hpp"
        peers.push_back(&world.network.connect(static_cast<std::uint16_t>(world.app.port())));
#include "parley/web/websocket_server.hpp"
        peers.back()->send(
#include "parley/web/websocket_server.hpp"
            "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
#include "parley/web/websocket_server.hpp"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
#include "parley/web/websocket_server.hpp"
        world.settle();
#include "parley/web/websocket_server.hpp"
        peers.back()->received().clear();
#include "parley/web/websocket_server.hpp"
    }
#include "parley/web/websocket_server.hpp"
    peers[0]->send(std::string("\x81\x81\0\0\0\0a", 7));
#include "parley/web/websocket_server.hpp"
    world.settle();
#include "parley/web/websocket_server.hpp"
    for (net::SimulatedPeer* peer : peers)
#include "parley/web/websocket_server.hpp"
        CHECK(peer->received() ==
#include "parley/web/websocket_server.hpp"
              "\x81\x02"
#include "parley/web/websocket_server.hpp"
              "a!");
#include "parley/web/websocket_server.hpp"
    peers[1]->send(std::string("\x81\x87\0\0\0\0end all", 13));
#include "parley/web/websocket_server.hpp"
    world.pass(2s);
#include "parley/web/websocket_server.hpp"
    CHECK(ids.empty());
#include "parley/web/websocket_server.hpp"
    CHECK(sent == std::vector{false, false, false, false});
#include "parley/web/websocket_server.hpp"
    CHECK(server.size() == 0);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
}  // namespace parley::server::test
#include "parley/web/websocket_server.hpp"
