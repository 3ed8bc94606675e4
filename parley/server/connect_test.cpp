// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

#include "parley/server/client_bundle.hpp"
#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

TEST_CASE("a client joins the root namespace over WebSocket and is greeted behind its CONNECT") {
    World world;
    world.io->on_connection([](Socket socket) { socket.emit("hello", socket.connected()); });
    WebSocketClient client(world);
    CHECK(without_sid(client.open) ==
          R"(0{"sid":"SID","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
    const Words words = client.ask("40");
    REQUIRE(words.size() == 2);
    CHECK(without_sid(words[0]) == R"(40{"sid":"SID"})");
    CHECK(words[1] == R"(42["hello",true])");
    CHECK(world.io->clients_count() == 1);
    CHECK(world.io->sockets_count() == 1);
}

TEST_CASE("a client joins by polling, and what is said in one turn leaves in one payload") {
    World world;
    world.io->on_connection([](Socket socket) { socket.emit("hello", 1); });
    world.io->on("twice", [](Socket socket) {
        socket.emit("a");
        socket.emit("b");
    });
    PollingClient client(world);
    CHECK(without_sid(client.open) ==
          R"(0{"sid":"SID","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
    client.start_get();
    CHECK(client.post("40") == "ok");
    CHECK(without_sid(client.take_get()) ==
          "40{\"sid\":\"SID\"}\x1e"
          R"(42["hello",1])");
    client.start_get();
    CHECK(client.post("42[\"twice\"]") == "ok");
    CHECK(client.take_get() ==
          "42[\"a\"]\x1e"
          R"(42["b"])");
}

TEST_CASE("the public id of a socket is neither the session's nor the one of another namespace") {
    World world;
    static_cast<void>(world.io->of("/admin"));
    WebSocketClient client(world);
    const std::string root = client.join();
    const std::string admin = client.join("/admin");
    CHECK(root.size() == 20);
    CHECK(root != admin);
    CHECK(root != sid_of(client.open));
    CHECK(world.io->find_socket(root).connected());
    CHECK_FALSE(world.io->find_socket(admin));
    CHECK(world.io->of("admin").find_socket(admin).nsp().name() == "/admin");
}

TEST_CASE("what the client says about itself is there for as long as anybody asks") {
    World world;
    Socket kept;
    world.io->on_connection([&](Socket socket) { kept = socket; });
    WebSocketClient client(world, "EIO=4&transport=websocket&room=tea%20time",
                           "X-Clue: 42\r\nOrigin: http://x.test\r\n");
    client.join("/", R"({"token":"sesame"})");
    client.vanish();
    CHECK_FALSE(kept.connected());
    CHECK(kept.auth()["token"] == "sesame");
    CHECK(kept.handshake().header("x-clue") == "42");
    CHECK(kept.handshake().header("X-Clue") == "42");
    CHECK(std::ranges::any_of(kept.handshake().headers(), [](const http::Header& header) {
        return header.name == "x-clue" && header.value == "42";
    }));
    CHECK(kept.handshake().query.find("room") == "tea time");
    CHECK(kept.handshake().url == "/socket.io/?EIO=4&transport=websocket&room=tea%20time");
    CHECK(kept.handshake().xdomain);
    CHECK_FALSE(kept.handshake().secure);
}

TEST_CASE("a client that says nothing about itself has an empty object as its auth") {
    World world;
    Json auth;
    world.io->on_connection([&](Socket& socket) { auth = socket.auth(); });
    WebSocketClient client(world);
    client.join();
    CHECK(auth == Json::object());
}

TEST_CASE("a namespace that nobody made is refused, and the connection goes on") {
    World world;
    WebSocketClient client(world);
    CHECK(client.ask("40/random") == Words{R"(44/random,{"message":"Invalid namespace"})"});
    client.join();
}

TEST_CASE("a namespace that the protocol cannot name cannot be made") {
    World world;
    CHECK_THROWS_AS(static_cast<void>(world.io->of("/a,b")), SetupError);
    CHECK_THROWS_AS(static_cast<void>(world.io->of(std::string(256, 'x'))), SetupError);
    CHECK(world.io->of(std::string(254, 'x')).name().size() == 255);
}

TEST_CASE("middlewares are asked in their order, before anybody hears of the socket") {
    World world;
    Words order;
    world.io->use([&](Socket socket, SocketNext next) {
        CHECK_FALSE(socket.connected());
        CHECK_FALSE(socket.emit("too early"));
        socket.join("early room");
        order.push_back("first");
        next();
        next();
    });
    world.io->use([&](Socket, const SocketNext& next) {
        order.push_back("second");
        next();
        next();
    });
    world.io->on_connection([&](Socket socket) {
        order.push_back("connection");
        CHECK(socket.rooms() == Words{socket.id(), "early room"});
    });
    WebSocketClient client(world);
    client.join();
    CHECK(order == Words{"first", "second", "connection"});
}

TEST_CASE("a middleware lets a socket join as many rooms as it may be in") {
    ServerOptions options;
    options.rooms_per_socket_max = 2;
    World world(std::move(options));
    world.io->use([](Socket socket, SocketNext next) {
        CHECK(socket.join("a"));
        CHECK(socket.join("b"));
        CHECK_FALSE(socket.join("c"));
        CHECK(socket.leave("a"));
        CHECK_FALSE(socket.join(std::vector<std::string>{"c", "d"}));
        CHECK(socket.join("c"));
        next();
    });
    Words rooms;
    world.io->on_connection([&](Socket socket) { rooms = socket.rooms(); });
    WebSocketClient client(world);
    const std::string id = client.join();
    CHECK(rooms == Words{id, "b", "c"});
}

TEST_CASE("a socket that has gone keeps no handler any more") {
    World world;
    Socket gone;
    world.io->on_connection([&](Socket socket) { gone = socket; });
    {
        WebSocketClient client(world);
        client.join();
        client.vanish();
    }
    REQUIRE_FALSE(gone.connected());
    const auto kept = std::make_shared<int>();
    gone.on("late", [kept] {});
    gone.on_any([kept](std::string_view, const Arguments&) {});
    CHECK(kept.use_count() == 1);
}

TEST_CASE("a middleware refuses with a message and data, and the client may try again") {
    World world;
    world.io->use([](Socket socket, SocketNext next) {
        if (socket.auth()["token"] == "please") return next();
        next.refuse("not authorized", Json::object({{"hint", "say please"}}));
    });
    WebSocketClient client(world);
    CHECK(client.ask("40") == Words{R"(44{"message":"not authorized","data":{"hint":"say please"}})"});
    CHECK(world.io->sockets_count() == 0);
    client.join("/", R"({"token":"please"})");
}

TEST_CASE("a middleware that throws, or lets go of its decision, refuses the client") {
    World world;
    world.io->of("/thrower").use([](Socket, SocketNext) { throw std::runtime_error("secret"); });
    world.io->of("/forgetful").use([](Socket, SocketNext) {});
    WebSocketClient client(world);
    CHECK(client.ask("40/thrower,") == Words{R"(44/thrower,{"message":"internal error"})"});
    CHECK(client.ask("40/forgetful,") == Words{R"(44/forgetful,{"message":"not admitted"})"});
    CHECK(world.failures == Words{"middleware: secret"});
}

TEST_CASE("a middleware may decide later, and too late") {
    World world;
    std::vector<SocketNext> waiting;
    world.io->use([&](Socket, SocketNext next) { waiting.push_back(next); });
    int connections = 0;
    world.io->on_connection([&] { ++connections; });
    {
        WebSocketClient client(world);
        CHECK(client.ask("40").empty());
        REQUIRE(waiting.size() == 1);
        waiting.front()();
        CHECK(without_sid(client.receive().at(0)) == R"(40{"sid":"SID"})");
        CHECK(connections == 1);
    }
    WebSocketClient client(world);
    CHECK(client.ask("40").empty());
    client.vanish();
    REQUIRE(waiting.size() == 2);
    waiting.back()();
    waiting.back().refuse("no");
    world.settle();
    CHECK(connections == 1);
}

TEST_CASE("a middleware that decides in the moment of the end lets nobody in any more") {
    World world;
    std::optional<SocketNext> waiting;
    int connections = 0;
    const Namespace admin = world.io->of("/admin");
    admin.use([&](Socket, SocketNext next) { waiting = next; });
    admin.on_connection([&] { ++connections; });
    world.io->on("leave", [&](Socket socket) {
        socket.disconnect(true);
        (*waiting)();
    });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask("40/admin,").empty());
    REQUIRE(waiting);
    client.send(R"(42["leave"])");
    world.pass(1min);
    CHECK(connections == 0);
    CHECK(admin.sockets_count() == 0);
}

TEST_CASE("a client that joins no namespace in time is closed") {
    World world(ServerOptions{.connect_timeout = 1000ms});
    WebSocketClient client(world);
    world.pass(900ms);
    CHECK(client.receive().empty());
    world.pass(200ms);
    CHECK(client.receive() == Words{"closed"});
    CHECK(world.io->clients_count() == 0);
}

TEST_CASE("allow_request refuses a handshake before there is a session") {
    World world(ServerOptions{
        .allow_request = [](const Handshake& handshake) { return handshake.query.find("token") == "yes"; }});
    const WebSocketClient refused(world);
    CHECK(refused.answer.starts_with("HTTP/1.1 400"));  // as the official server refuses an upgrade
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    world.settle();
    CHECK(peer.received().starts_with("HTTP/1.1 403"));
    CHECK(peer.received().ends_with(R"({"code":4,"message":"Forbidden"})"));
    const WebSocketClient admitted(world, "EIO=4&transport=websocket&token=yes");
    CHECK(admitted.answer.starts_with("HTTP/1.1 101"));
}

TEST_CASE("the seventeenth namespace of one client is refused") {
    World world;
    for (int i = 0; i < 17; ++i)
        static_cast<void>(world.io->of("n" + std::to_string(i)));
    WebSocketClient client(world);
    for (int i = 0; i < 16; ++i)
        client.join("/n" + std::to_string(i));
    const Words words = client.ask("40/n16,");
    REQUIRE(words.size() == 1);
    CHECK(words[0].starts_with("44/n16,"));
}

TEST_CASE("two servers of one application need paths of their own") {
    World world;
    CHECK_THROWS_WITH_AS(Server(world.app, {}),
                         "Another server of this application answers at '/socket.io' already; give one of them a path "
                         "of its own.",
                         SetupError);
    const Server other(world.app, {.path = "/other"});
    world.io.reset();
    const Server successor(world.app, {});
}

TEST_CASE(
    "the engine's path, the client bundle where there is one, and unknown files answer as the official server's do") {
    World world;
    const auto get = [&](std::string_view path) {
        net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
        peer.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        world.settle();
        return peer.received();
    };
    const bool has_bundle = !server::client_bundle_version().empty();
    for (const std::string_view path : {"/socket.io/socket.io.min.js", "/socket.io/socket.io.min.js?v=1"}) {
        const std::string answer = get(path);
        CHECK(answer.starts_with(has_bundle ? "HTTP/1.1 200" : "HTTP/1.1 404"));
        CHECK(answer.find(has_bundle ? "javascript" : "was built without the official browser client") !=
              std::string::npos);
    }
    for (const std::string_view path : {"/socket.io/socket.io.evil.js", "/socket.io/LICENSE"}) {
        const std::string answer = get(path);
        CHECK(answer.starts_with("HTTP/1.1 400"));
        CHECK(answer.find(R"({"code":0,"message":"Transport unknown"})") != std::string::npos);
    }
    CHECK(get("/elsewhere").starts_with("HTTP/1.1 404"));
}

TEST_CASE("an origin that no browser sends is made what browsers send, or refused") {
    World world(ServerOptions{.cors = {.origin = {"HTTPS://Chat.example:443", "http://b.example:80"}}});
    const auto status = [&](std::string_view origin) {
        return WebSocketClient(world, "EIO=4&transport=websocket", "Origin: " + std::string(origin) + "\r\n")
            .answer.substr(0, 12);
    };
    CHECK(status("https://chat.example") == "HTTP/1.1 101");
    CHECK(status("http://b.example") == "HTTP/1.1 101");
    CHECK(status("https://b.example") == "HTTP/1.1 403");
    CHECK(status("http://simulated") == "HTTP/1.1 101");
    for (const char* origin : {"https://chat.example/", "https://user:word@chat.example", "chat.example"}) {
        CAPTURE(origin);
        CHECK_THROWS_AS(World(ServerOptions{.cors = {.origin = origin}}), SetupError);
    }
}

TEST_CASE("cookies for pages of every origin cannot be asked for") {
    CHECK_THROWS_AS(World(ServerOptions{.cors = {.origin = "*", .credentials = true}}), SetupError);
    CHECK_NOTHROW(World(ServerOptions{.cors = {.origin = "*"}}));
    CHECK_NOTHROW(World(ServerOptions{.cors = {.origin = "https://chat.example", .credentials = true}}));
}

TEST_CASE("a server runs functions of the program on its thread: soon, later, and again") {
    World world;
    Words ran;
    world.io->post([&] { ran.emplace_back("posted"); });
    world.io->after(500ms, [&] { ran.emplace_back("after"); });
    const ScheduledCall tick = world.io->every(200ms, [&] { ran.emplace_back("tick"); });
    world.pass(700ms);
    tick.cancel();
    world.pass(1s);
    CHECK(ran == Words{"posted", "tick", "tick", "after", "tick"});
}
