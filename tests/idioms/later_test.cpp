// SPDX-License-Identifier: MIT
// `[&]` in what is called later: timers, posts, callbacks, handlers of others. What a handler was lent lasts for all of
// them; what refers to a variable of the handler is refused.
#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "parley/web/websocket_server.hpp"
#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

const std::string refusal = "capture it by value, as in [text]";

bool is_refused(const World& world, std::string_view event) {
    return world.failures.size() == 1 && world.failures[0].starts_with(std::string(event) + ": ") &&
           world.failures[0].find(refusal) != std::string::npos;
}

}  // namespace

TEST_CASE("timers and posts refer to the socket that set them, also when it has gone") {
    World world;
    std::vector<bool> sent;
    Words ids;
    ScheduledCall ticking;
    world.io->on_connection([&](Socket& socket) {
        world.io->after(1s, [&] { sent.push_back(socket.emit("after")); });
        ticking = world.io->every(2s, [&] {
            sent.push_back(socket.emit("every"));
            world.app.post([&] { ids.push_back(socket.id()); });
        });
        world.app.after(3s, [&] { world.app.after(3s, [&] { sent.push_back(socket.emit("nested")); }); });
        world.io->post([&] { sent.push_back(socket.emit("post")); });
    });
    WebSocketClient client(world);
    const std::string id = client.join();
    world.pass(2500ms);
    CHECK(sent == std::vector{true, true, true});
    CHECK(ids == Words{id});
    client.vanish();
    world.pass(4s);
    CHECK(sent == std::vector{true, true, true, false, false, false});
    CHECK(ids == Words{id, "", ""});
    ticking.cancel();
}

TEST_CASE("callbacks of broadcasts and of other sockets refer to the socket that asked, also when it has gone") {
    World world;
    std::vector<bool> sent;
    Words gone;
    world.io->on("ask all", [&](Socket& socket) {
        world.io->timeout(1s).emit("q", [&](Result<std::vector<Json>>) { sent.push_back(socket.emit("all")); });
    });
    world.io->on("ask other", [&](Socket& socket, std::string id) {
        world.io->find_socket(id).emit("q", [&](Result<Json>) { sent.push_back(socket.emit("other")); });
        world.io->find_socket(id).on("tell", [&] { sent.push_back(socket.emit("told")); });
        world.io->find_socket(id).on_disconnect([&] { gone.push_back(socket.id()); });
        world.io->on("tell", [&] { sent.push_back(socket.emit("told all")); });
    });
    WebSocketClient asking(world);
    WebSocketClient other(world);
    asking.join();
    const std::string id = other.join();
    asking.send(R"(42["ask all"])");
    asking.send(R"(42["ask other",")" + id + "\"]");
    asking.vanish();
    other.send(R"(430[])");
    other.send(R"(431[])");
    other.send(R"(42["tell"])");
    other.vanish();
    CHECK(sent == std::vector{false, false, false, false});
    CHECK(gone == Words{""});
}

TEST_CASE("a middleware's timer refers to the socket that waits, and to one that was refused") {
    World world;
    Words ids;
    world.io->use([&](Socket& socket, SocketNext next) {
        world.io->after(1s, [&, next] {
            ids.push_back(socket.id());
            if (ids.size() == 1) return next();
            next.refuse("no");
            world.io->after(1s, [&] { ids.push_back(socket.id()); });
        });
    });
    WebSocketClient one(world);
    WebSocketClient two(world);
    one.send("40");
    world.pass(1100ms);
    two.send("40");
    world.pass(1100ms);
    two.vanish();
    world.pass(1s);
    REQUIRE(ids.size() == 3);
    CHECK(ids[2].empty());
}

TEST_CASE("timers of a WebSocket refer to it, also when it has gone") {
    World world;
    WebSocketServer server(world.app, "/raw");
    std::vector<bool> sent;
    server.on_connection([&](WebSocket& socket) {
        server.after(1s, [&] { sent.push_back(socket.send("after")); });
        socket.on_close([&] { world.app.post([&] { sent.push_back(socket.send("closed")); }); });
    });
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send(
        "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    world.settle();
    peer.reset();
    world.pass(2s);
    CHECK(sent == std::vector{false, false});
}

TEST_CASE("a socket taken by value that handlers capture by reference is refused, in words") {
    World world;
    world.io->on_connection([&](Socket socket) { socket.on("x", [&] { socket.emit("never"); }); });
    WebSocketClient client(world);
    client.join();
    CHECK(is_refused(world, "connection"));
    CHECK(client.ask(R"(42["x"])").empty());
}

TEST_CASE("what would refer to a variable of the handler is refused, wherever it is handed over") {
    World world;
    world.io->on("timer",
                 [&](Socket& socket, std::string text) { world.io->after(1s, [&] { socket.emit("never", text); }); });
    world.io->on("post", [&](std::string text) { world.app.post([&] { text.clear(); }); });
    world.io->on("callback", [&](Socket socket) { socket.emit("q", [&](Json) { socket.emit("never"); }); });
    world.io->on("broadcast", [&](int n) { world.io->emit("q", [&](std::vector<Json>) { ++n; }); });
    world.io->on("answer", [&](Ack ack) { world.io->after(1s, [&] { ack("never"); }); });
    world.io->on("any", [&](Socket& socket, int n) { socket.on_any([&](std::string_view, Arguments) { ++n; }); });
    world.io->on("use", [&](int n) { world.io->use([&](Socket&, SocketNext next) { n > 0 ? next() : void(); }); });
    WebSocketClient client(world);
    client.join();
    const std::map<std::string, std::string> asked{{"timer", ",\"text\""}, {"post", ",\"text\""}, {"callback", ""},
                                                   {"broadcast", ",1"},    {"answer", ""},        {"any", ",1"},
                                                   {"use", ",1"}};
    for (const auto& [event, arguments] : asked) {
        CAPTURE(event);
        world.failures.clear();
        const Words answers = client.ask("421[\"" + event + "\"" + arguments + "]");
        CHECK(is_refused(world, event));
        REQUIRE_FALSE(answers.empty());
        CHECK(answers.back() == R"(431[{"error":"internal error"}])");
    }
}

TEST_CASE("a response that a timer captures by reference is refused, and answered for") {
    World world;
    Words failures;
    world.app.on_error([&](const HandlerFailure& failure) { failures.emplace_back(failure.message); });
    world.app.get("/value", [&](Request&, Response response) { world.app.after(1s, [&] { response.send("never"); }); });
    world.app.get("/reference",
                  [&](Request&, Response& response) { world.app.after(1s, [&] { response.send("never"); }); });
    world.app.get("/next", [&](Request&, Response, Next next) { world.app.after(1s, [&] { next(); }); });
    for (const std::string path : {"/value", "/reference", "/next"}) {
        net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
        peer.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        world.pass(2s);
        CHECK(peer.received().starts_with("HTTP/1.1 500"));
        REQUIRE_FALSE(failures.empty());
        CHECK(failures.back().find(refusal) != std::string::npos);
        failures.clear();
    }
}

TEST_CASE("a timer may refer to the request that set it, which is empty once it was answered") {
    World world;
    Words paths;
    world.app.post("/log", [&](Request& request, Response response) {
        world.app.after(1s, [&] { paths.push_back(std::string(request.path()) + std::string(request.body())); });
        response.on_abort([&] { world.app.post([&] { paths.push_back(std::string(request.path())); }); });
        if (request.has_query("answer")) return response.send("answered");
        if (request.has_query("throw")) throw std::string("ouch");
        if (request.has_query("wait")) world.app.after(2s, [&, response] { response.send(request.body()); });
    });
    WebSocketServer server(world.app, "/raw");
    server.on_connection([&](WebSocket& socket, const Request& request) {
        world.app.after(1s, [&] { paths.push_back(std::string(request.path()) + (socket.is_open() ? "!" : "")); });
    });
    Words answers;
    for (const char* query : {"answer", "throw", "wait", "drop", "wait"}) {
        net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
        peer.send("POST /log?" + std::string(query) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
        world.settle();
        if (answers.size() == 4) peer.reset();
        world.pass(3s);
        answers.push_back(peer.received().substr(0, 12));
    }
    CHECK(answers == Words{"HTTP/1.1 200", "HTTP/1.1 500", "HTTP/1.1 200", "HTTP/1.1 500", ""});
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send(
        "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    world.pass(2s);
    CHECK(to_json(paths) == R"(["/","/","/logbody","/","/log","/logbody","/!"])");
}

TEST_CASE("the handle that a handler is lent stays what it is, whatever is done to it") {
    World world;
    std::map<std::string, Socket> sockets;
    world.io->on_connection([&](Socket& socket) {
        const std::string id = socket.id();
        sockets.emplace(id, std::move(socket));
        CHECK(socket.id() == id);
        socket = Socket();
        socket = socket.timeout(1s);
        CHECK(socket.id() == id);
        Socket kept = std::move(socket);
        std::swap(socket, kept);
        kept = Socket();
        CHECK(kept.id().empty());
        CHECK(socket.id() == id);
        socket.on("x", [&] { socket.emit("y"); });
    });
    world.io->on("who", [&](Socket& socket) { return socket.id(); });
    WebSocketClient client(world);
    const std::string id = client.join();
    CHECK(client.ask(R"(42["x"])") == Words{R"(42["y"])"});
    CHECK(client.ask(R"(421["who"])") == Words{"431[\"" + id + "\"]"});
    CHECK(sockets.at(id).connected());
    client.vanish();
    CHECK_FALSE(sockets.at(id).connected());
    CHECK(sockets.at(id).id() == id);
}

}  // namespace parley::server::test
