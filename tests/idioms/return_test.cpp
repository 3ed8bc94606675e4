// SPDX-License-Identifier: MIT
// `return` in front of whatever answers or sends, on one path of a handler, and nothing at the end of the other.
#include <doctest/doctest.h>

#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

/// What a GET is answered: the status and the body, or nothing if there is no answer.
std::string get(World& world, std::string_view target) {
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    world.settle();
    const std::string& received = peer.received();
    const std::size_t end = received.find("\r\n\r\n");
    return end == std::string::npos ? "" : received.substr(9, 4) + received.substr(end + 4);
}

}  // namespace

TEST_CASE("a sender of a response may stand behind return on any path") {
    World world;
    world.app.get("/send/:id", [](Request& request, Response response) {
        if (request.parameter("id") == "1") return response.status(404).send("no");
        response.send("yes");
    });
    world.app.get("/json/:id", [](Request& request, Response response) {
        if (request.parameter("id") == "1") return response.status(400).json(Json::object({{"ok", false}}));
        if (request.parameter("id") == "2") return response.send_json_text("[2]");
        return response.json(3);
    });
    world.app.get("/more/:id", [](Request& request, Response response, Next next) {
        const std::string_view id = request.parameter("id");
        if (id == "1") return response.redirect("/send/1");
        if (id == "2") return response.send_status(204);
        if (id == "3") return response.status(500).end();
        if (id == "4") return response.send_file("/nowhere");
        if (id == "5") return response.send(Json("five"));
        if (id == "6") return response.send(SharedBuffer("six"));
        if (id == "7") return next();
        response.send("else");
    });
    world.app.get("/more/*rest", [](Response response) { return response.send("next"); });
    CHECK(get(world, "/send/1") == "404 no");
    CHECK(get(world, "/send/2") == "200 yes");
    CHECK(get(world, "/json/1") == R"(400 {"ok":false})");
    CHECK(get(world, "/json/2") == "200 [2]");
    CHECK(get(world, "/json/3") == "200 3");
    CHECK(get(world, "/more/1").starts_with("302 "));
    CHECK(get(world, "/more/2") == "204 ");
    CHECK(get(world, "/more/3") == "500 ");
    CHECK(get(world, "/more/4") == "404 Not Found");
    CHECK(get(world, "/more/5") == R"(200 "five")");
    CHECK(get(world, "/more/6") == "200 six");
    CHECK(get(world, "/more/7") == "200 next");
    CHECK(get(world, "/more/8") == "200 else");
}

TEST_CASE("an acknowledgement may stand behind return on any path, and is one") {
    World world;
    world.io->on("first", [](int number, Ack ack) {
        if (number == 1) return ack("one");
        ack("another", number);
    });
    world.io->on("last", [](int number, Ack ack) {
        if (number != 1)
            ack("another");
        else
            return ack("one");
    });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(421["first",1])") == Words{R"(431["one"])"});
    CHECK(client.ask(R"(422["first",2])") == Words{R"(432["another",2])"});
    CHECK(client.ask(R"(423["last",1])") == Words{R"(433["one"])"});
    CHECK(client.ask(R"(424["last",2])") == Words{R"(434["another"])"});
}

TEST_CASE("what tells whether something was sent is a bool where it is asked, and an answer where it is said to be") {
    World world;
    bool emitted = false;
    world.io->on("ask", [&](Socket socket, int number) -> bool {
        if (number == 1) return socket.emit("one");
        emitted = socket.emit("another") && socket.join("room");
        if (!emitted) return false;
        return socket.leave("nowhere") ? true : false;
    });
    world.io->on("object", [](Socket socket) { return Json::object({{"told", socket.emit("hello")}}); });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(421["ask",1])") == Words{R"(42["one"])", "431[true]"});
    CHECK(client.ask(R"(422["ask",2])") == Words{R"(42["another"])", "432[false]"});
    CHECK(emitted);
    CHECK(client.ask(R"(423["object"])") == Words{R"(42["hello"])", R"(433[{"told":true}])"});
}

TEST_CASE("a handler that sends and returns on a line of its own does not acknowledge") {
    World world;
    world.io->on("x", [](Socket socket, int number) {
        if (number == 1) {
            socket.emit("one");
            return;
        }
        socket.disconnect();
    });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(421["x",1])") == Words{R"(42["one"])"});
    CHECK(client.ask(R"(422["x",2])") == Words{"41"});
}

TEST_CASE("a middleware may return its decision on any path") {
    World world;
    world.io->use([](Socket socket, SocketNext next) {
        if (socket.auth()["token"] == "open sesame") return next();
        next.refuse("not authorized");
    });
    WebSocketClient friendly(world);
    friendly.join("/", R"({"token":"open sesame"})");
    WebSocketClient stranger(world);
    CHECK(stranger.ask("40") == Words{R"(44{"message":"not authorized"})"});
}

}  // namespace parley::server::test
