// SPDX-License-Identifier: MIT
#include "parley/web/websocket_server.hpp"
// `[&]` in what is called later: timers, posts, callbacks, handlers of others. What a handler was lent lasts for all of
#include "parley/web/websocket_server.hpp"
// them; what refers to a variable of the handler is refused.
#include <doctest/doctest.h>
#include "parley/web/websocket_server.hpp"

#include <map>
#include <optional>
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
const std::string refusal = "capture it by value, as in [text]";
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
bool is_refused(const World& world, std::string_view event) {
#include "parley/web/websocket_server.hpp"
    return world.failures.size() == 1 && world.failures[0].starts_with(std::string(event) + ": ") &&
#include "parley/web/websocket_server.hpp"
           world.failures[0].find(refusal) != std::string::npos;
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
}  // namespace
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("timers and posts refer to the socket that set them, also when it has gone") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    std::vector<bool> sent;
#include "parley/web/websocket_server.hpp"
    Words ids;
#include "parley/web/websocket_server.hpp"
    ScheduledCall ticking;
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        world.io->after(1s, [&] { sent.push_back(socket.emit("after")); });
#include "parley/web/websocket_server.hpp"
        ticking = world.io->every(2s, [&] {
#include "parley/web/websocket_server.hpp"
            sent.push_back(socket.emit("every"));
#include "parley/web/websocket_server.hpp"
            world.app.post([&] { ids.push_back(socket.id()); });
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
        world.app.after(3s, [&] { world.app.after(3s, [&] { sent.push_back(socket.emit("nested")); }); });
#include "parley/web/websocket_server.hpp"
        world.io->post([&] { sent.push_back(socket.emit("post")); });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    const std::string id = client.join();
#include "parley/web/websocket_server.hpp"
    world.pass(2500ms);
#include "parley/web/websocket_server.hpp"
    CHECK(sent == std::vector{true, true, true});
#include "parley/web/websocket_server.hpp"
    CHECK(ids == Words{id});
#include "parley/web/websocket_server.hpp"
    client.vanish();
#include "parley/web/websocket_server.hpp"
    world.pass(4s);
#include "parley/web/websocket_server.hpp"
    CHECK(sent == std::vector{true, true, true, false, false, false});
#include "parley/web/websocket_server.hpp"
    CHECK(ids == Words{id, "", ""});
#include "parley/web/websocket_server.hpp"
    ticking.cancel();
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("callbacks of broadcasts and of other sockets refer to the socket that asked, also when it has gone") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    std::vector<bool> sent;
#include "parley/web/websocket_server.hpp"
    Words gone;
#include "parley/web/websocket_server.hpp"
    world.io->on("ask all", [&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        world.io->timeout(1s).emit("q", [&](Result<std::vector<Json>>) { sent.push_back(socket.emit("all")); });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    world.io->on("ask other", [&](Socket& socket, std::string id) {
#include "parley/web/websocket_server.hpp"
        world.io->find_socket(id).emit("q", [&](Result<Json>) { sent.push_back(socket.emit("other")); });
#include "parley/web/websocket_server.hpp"
        world.io->find_socket(id).on("tell", [&] { sent.push_back(socket.emit("told")); });
#include "parley/web/websocket_server.hpp"
        world.io->find_socket(id).on_disconnect([&] { gone.push_back(socket.id()); });
#include "parley/web/websocket_server.hpp"
        world.io->on("tell", [&] { sent.push_back(socket.emit("told all")); });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient asking(world);
#include "parley/web/websocket_server.hpp"
    WebSocketClient other(world);
#include "parley/web/websocket_server.hpp"
    asking.join();
#include "parley/web/websocket_server.hpp"
    const std::string id = other.join();
#include "parley/web/websocket_server.hpp"
    asking.send(R"(42["ask all"])");
#include "parley/web/websocket_server.hpp"
    asking.send(R"(42["ask other",")" + id + "\"]");
#include "parley/web/websocket_server.hpp"
    asking.vanish();
#include "parley/web/websocket_server.hpp"
    other.send(R"(430[])");
#include "parley/web/websocket_server.hpp"
    other.send(R"(431[])");
#include "parley/web/websocket_server.hpp"
    other.send(R"(42["tell"])");
#include "parley/web/websocket_server.hpp"
    other.vanish();
#include "parley/web/websocket_server.hpp"
    CHECK(sent == std::vector{false, false, false, false});
#include "parley/web/websocket_server.hpp"
    CHECK(gone == Words{""});
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a middleware's timer refers to the socket that waits, and to one that was refused") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Words ids;
#include "parley/web/websocket_server.hpp"
    world.io->use([&](Socket& socket, SocketNext next) {
#include "parley/web/websocket_server.hpp"
        world.io->after(1s, [&, next] {
#include "parley/web/websocket_server.hpp"
            ids.push_back(socket.id());
#include "parley/web/websocket_server.hpp"
            if (ids.size() == 1) return next();
#include "parley/web/websocket_server.hpp"
            next.refuse("no");
#include "parley/web/websocket_server.hpp"
            world.io->after(1s, [&] { ids.push_back(socket.id()); });
#include "parley/web/websocket_server.hpp"
        });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketClient one(world);
#include "parley/web/websocket_server.hpp"
    WebSocketClient two(world);
#include "parley/web/websocket_server.hpp"
    one.send("40");
#include "parley/web/websocket_server.hpp"
    world.pass(1100ms);
#include "parley/web/websocket_server.hpp"
    two.send("40");
#include "parley/web/websocket_server.hpp"
    world.pass(1100ms);
#include "parley/web/websocket_server.hpp"
    two.vanish();
#include "parley/web/websocket_server.hpp"
    world.pass(1s);
#include "parley/web/websocket_server.hpp"
    REQUIRE(ids.size() == 3);
#include "parley/web/websocket_server.hpp"
    CHECK(ids[2].empty());
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("timers of a WebSocket refer to it, also when it has gone") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    WebSocketServer server(world.app, "/raw");
#include "parley/web/websocket_server.hpp"
    std::vector<bool> sent;
#include "parley/web/websocket_server.hpp"
    server.on_connection([&](WebSocket& socket) {
#include "parley/web/websocket_server.hpp"
        server.after(1s, [&] { sent.push_back(socket.send("after")); });
#include "parley/web/websocket_server.hpp"
        socket.on_close([&] { world.app.post([&] { sent.push_back(socket.send("closed")); }); });
#include "parley/web/websocket_server.hpp"
    });
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
    peer.reset();
#include "parley/web/websocket_server.hpp"
    world.pass(2s);
#include "parley/web/websocket_server.hpp"
    CHECK(sent == std::vector{false, false});
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a socket taken by value that handlers capture by reference is refused, in words") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](Socket socket) { socket.on("x", [&] { socket.emit("never"); }); });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    client.join();
#include "parley/web/websocket_server.hpp"
    CHECK(is_refused(world, "connection"));
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(42["x"])").empty());
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("what would refer to a variable of the handler is refused, wherever it is handed over") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    world.io->on("timer",
#include "parley/web/websocket_server.hpp"
                 [&](Socket& socket, std::string text) { world.io->after(1s, [&] { socket.emit("never", text); }); });
#include "parley/web/websocket_server.hpp"
    world.io->on("post", [&](std::string text) { world.app.post([&] { text.clear(); }); });
#include "parley/web/websocket_server.hpp"
    world.io->on("callback", [&](Socket socket) { socket.emit("q", [&](Json) { socket.emit("never"); }); });
#include "parley/web/websocket_server.hpp"
    world.io->on("broadcast", [&](int n) { world.io->emit("q", [&](std::vector<Json>) { ++n; }); });
#include "parley/web/websocket_server.hpp"
    world.io->on("answer", [&](Ack ack) { world.io->after(1s, [&] { ack("never"); }); });
#include "parley/web/websocket_server.hpp"
    world.io->on("any", [&](Socket& socket, int n) { socket.on_any([&](std::string_view, Arguments) { ++n; }); });
#include "parley/web/websocket_server.hpp"
    world.io->on("use", [&](int n) { world.io->use([&](Socket&, SocketNext next) { n > 0 ? next() : void(); }); });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    client.join();
#include "parley/web/websocket_server.hpp"
    const std::map<std::string, std::string> asked{{"timer", ",\"text\""}, {"post", ",\"text\""}, {"callback", ""},
#include "parley/web/websocket_server.hpp"
                                                   {"broadcast", ",1"},    {"answer", ""},        {"any", ",1"},
#include "parley/web/websocket_server.hpp"
                                                   {"use", ",1"}};
#include "parley/web/websocket_server.hpp"
    for (const auto& [event, arguments] : asked) {
#include "parley/web/websocket_server.hpp"
        CAPTURE(event);
#include "parley/web/websocket_server.hpp"
        world.failures.clear();
#include "parley/web/websocket_server.hpp"
        const Words answers = client.ask("421[\"" + event + "\"" + arguments + "]");
#include "parley/web/websocket_server.hpp"
        CHECK(is_refused(world, event));
#include "parley/web/websocket_server.hpp"
        REQUIRE_FALSE(answers.empty());
#include "parley/web/websocket_server.hpp"
        CHECK(answers.back() == R"(431[{"error":"internal error"}])");
#include "parley/web/websocket_server.hpp"
    }
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a response that a timer captures by reference is refused, and answered for") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Words failures;
#include "parley/web/websocket_server.hpp"
    world.app.on_error([&](const HandlerFailure& failure) { failures.emplace_back(failure.message); });
#include "parley/web/websocket_server.hpp"
    world.app.get("/value", [&](Request&, Response response) { world.app.after(1s, [&] { response.send("never"); }); });
#include "parley/web/websocket_server.hpp"
    world.app.get("/reference",
#include "parley/web/websocket_server.hpp"
                  [&](Request&, Response& response) { world.app.after(1s, [&] { response.send("never"); }); });
#include "parley/web/websocket_server.hpp"
    world.app.get("/next", [&](Request&, Response, Next next) { world.app.after(1s, [&] { next(); }); });
#include "parley/web/websocket_server.hpp"
    for (const std::string path : {"/value", "/reference", "/next"}) {
#include "parley/web/websocket_server.hpp"
        net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
#include "parley/web/websocket_server.hpp"
        peer.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
#include "parley/web/websocket_server.hpp"
        world.pass(2s);
#include "parley/web/websocket_server.hpp"
        CHECK(peer.received().starts_with("HTTP/1.1 500"));
#include "parley/web/websocket_server.hpp"
        REQUIRE_FALSE(failures.empty());
#include "parley/web/websocket_server.hpp"
        CHECK(failures.back().find(refusal) != std::string::npos);
#include "parley/web/websocket_server.hpp"
        failures.clear();
#include "parley/web/websocket_server.hpp"
    }
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a timer may refer to the request that set it, which is empty once it was answered") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Words paths;
#include "parley/web/websocket_server.hpp"
    world.app.post("/log", [&](Request& request, Response response) {
#include "parley/web/websocket_server.hpp"
        world.app.after(1s, [&] { paths.push_back(std::string(request.path()) + std::string(request.body())); });
#include "parley/web/websocket_server.hpp"
        response.on_abort([&] { world.app.post([&] { paths.push_back(std::string(request.path())); }); });
#include "parley/web/websocket_server.hpp"
        if (request.has_query("answer")) return response.send("answered");
#include "parley/web/websocket_server.hpp"
        if (request.has_query("throw")) throw std::string("ouch");
#include "parley/web/websocket_server.hpp"
        if (request.has_query("wait")) world.app.after(2s, [&, response] { response.send(request.body()); });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    WebSocketServer server(world.app, "/raw");
#include "parley/web/websocket_server.hpp"
    server.on_connection([&](WebSocket& socket, const Request& request) {
#include "parley/web/websocket_server.hpp"
        world.app.after(1s, [&] { paths.push_back(std::string(request.path()) + (socket.is_open() ? "!" : "")); });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    Words answers;
#include "parley/web/websocket_server.hpp"
    for (const char* query : {"answer", "throw", "wait", "drop", "wait"}) {
#include "parley/web/websocket_server.hpp"
        net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
#include "parley/web/websocket_server.hpp"
        peer.send("POST /log?" + std::string(query) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
#include "parley/web/websocket_server.hpp"
        world.settle();
#include "parley/web/websocket_server.hpp"
        if (answers.size() == 4) peer.reset();
#include "parley/web/websocket_server.hpp"
        world.pass(3s);
#include "parley/web/websocket_server.hpp"
        answers.push_back(peer.received().substr(0, 12));
#include "parley/web/websocket_server.hpp"
    }
#include "parley/web/websocket_server.hpp"
    CHECK(answers == Words{"HTTP/1.1 200", "HTTP/1.1 500", "HTTP/1.1 200", "HTTP/1.1 500", ""});
#include "parley/web/websocket_server.hpp"
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
#include "parley/web/websocket_server.hpp"
    peer.send(
#include "parley/web/websocket_server.hpp"
        "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
#include "parley/web/websocket_server.hpp"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
#include "parley/web/websocket_server.hpp"
    world.pass(2s);
#include "parley/web/websocket_server.hpp"
    CHECK(to_json(paths) == R"(["/","/","/logbody","/","/log","/logbody","/!"])");
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("the handle that a handler is lent stays what it is, whatever is done to it") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    std::map<std::string, Socket> sockets;
#include "parley/web/websocket_server.hpp"
    world.io->on_connection([&](Socket& socket) {
#include "parley/web/websocket_server.hpp"
        const std::string id = socket.id();
#include "parley/web/websocket_server.hpp"
        sockets.emplace(id, std::move(socket));
#include "parley/web/websocket_server.hpp"
        CHECK(socket.id() == id);
#include "parley/web/websocket_server.hpp"
        socket = Socket();
#include "parley/web/websocket_server.hpp"
        socket = socket.timeout(1s);
#include "parley/web/websocket_server.hpp"
        CHECK(socket.id() == id);
#include "parley/web/websocket_server.hpp"
        Socket kept = std::move(socket);
#include "parley/web/websocket_server.hpp"
        std::swap(socket, kept);
#include "parley/web/websocket_server.hpp"
        kept = Socket();
#include "parley/web/websocket_server.hpp"
        CHECK(kept.id().empty());
#include "parley/web/websocket_server.hpp"
        CHECK(socket.id() == id);
#include "parley/web/websocket_server.hpp"
        socket.on("x", [&] { socket.emit("y"); });
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    world.io->on("who", [&](Socket& socket) { return socket.id(); });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    const std::string id = client.join();
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(42["x"])") == Words{R"(42["y"])"});
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(421["who"])") == Words{"431[\"" + id + "\"]"});
#include "parley/web/websocket_server.hpp"
    CHECK(sockets.at(id).connected());
#include "parley/web/websocket_server.hpp"
    client.vanish();
#include "parley/web/websocket_server.hpp"
    CHECK_FALSE(sockets.at(id).connected());
#include "parley/web/websocket_server.hpp"
    CHECK(sockets.at(id).id() == id);
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
}  // namespace parley::server::test
#include "parley/web/websocket_server.hpp"
