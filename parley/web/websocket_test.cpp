// SPDX-License-Identifier: MIT
#include "parley/web/websocket.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "parley/web/websocket_server.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

using Words = std::vector<std::string>;

struct ServerSite : Site {
    explicit ServerSite(WebSocketServerOptions options = {}) : server(app, "/live", std::move(options)) {}

    net::SimulatedPeer& open() {
        net::SimulatedPeer& peer = connect();
        peer.send(upgrade_request("/live"));
        network.run_until_idle();
        REQUIRE(status_of(peer.received()) == 101);
        peer.received().clear();
        return peer;
    }

    WebSocketServer server;
};

TEST_CASE("a handle without a connection does nothing") {
    const WebSocket none;
    CHECK_FALSE(none);
    CHECK_FALSE(none.is_open());
    CHECK_FALSE(none.send("x"));
    CHECK_FALSE(none.send(WebSocketMessage{.data = "x", .is_binary = true}));
    CHECK_FALSE(none.send_binary("x"));
    CHECK_FALSE(none.ping());
    none.close();
    none.terminate();
    none.on_message([](std::string_view) {});
    none.on_close([] {});
    CHECK(none.buffered_bytes() == 0);
    CHECK(none.id() == 0);
    CHECK(none.url().empty());
    CHECK(none.remote_address().empty());
    CHECK(none.subprotocol().empty());
    none.data() = Json("forgotten");
    CHECK(none.data().is_null());
    CHECK(none == WebSocket());
}

TEST_CASE("handles stand in maps and sets, and carry the program's data") {
    ServerSite site;
    std::map<std::string, WebSocket> by_name;
    std::unordered_set<WebSocket> all;
    site.server.on_connection([&](WebSocket socket) {
        by_name["last"] = socket;
        all.insert(socket);
        socket.data() = Json::object({{"name", "ada"}});
    });
    site.open();
    CHECK(all.contains(by_name["last"]));
    CHECK_FALSE(all.contains(WebSocket()));
    CHECK(by_name["last"].data() == Json::object({{"name", "ada"}}));
    CHECK(by_name["last"]);
}

TEST_CASE("a message is sent back as it came") {
    ServerSite site;
    site.server.on_message([](WebSocket socket, WebSocketMessage message) { CHECK(socket.send(message)); });
    net::SimulatedPeer& peer = site.open();
    peer.send(client_text("text") + client_frame(websocket::Opcode::binary, "\xFF"));
    site.network.run_until_idle();
    CHECK(peer.received() == server_text("text") + server_frame(websocket::Opcode::binary, "\xFF"));
}

TEST_CASE("binary messages are made of whatever holds octets") {
    ServerSite site;
    site.server.on_connection([&](WebSocket socket) {
        socket.send_binary(std::vector<std::uint8_t>{'a'});
        socket.send_binary(std::string("b"));
        socket.send_binary(std::string_view("c"));
        socket.send_binary("d");
        socket.send_binary(to_bytes("e"));
        socket.send_binary(std::vector<char>{'f'});
        socket.send_binary({});
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send(upgrade_request("/live"));
    site.network.run_until_idle();
    std::string expected;
    for (const char* octets : {"a", "b", "c", "d", "e", "f", ""})
        expected += server_frame(websocket::Opcode::binary, octets);
    CHECK(body_of(peer.received()) == expected);
    peer.received().clear();
    site.server.broadcast_binary(std::vector<std::uint8_t>{'g'});
    site.server.broadcast_binary("h");
    site.network.run_until_idle();
    CHECK(peer.received() ==
          server_frame(websocket::Opcode::binary, "g") + server_frame(websocket::Opcode::binary, "h"));
}

TEST_CASE("text that is not UTF-8 is not sent, from any thread, and the connection goes on") {
    ServerSite site;
    WebSocket socket;
    std::vector<std::string> told;
    site.server.on_error([&](const HandlerFailure& failure) { told.emplace_back(failure.where); });
    site.server.on_connection([&](WebSocket connected) { socket = connected; });
    net::SimulatedPeer& peer = site.open();
    for (const char* text : {"\xFF\xFE", "\xC3", "\xED\xA0\x80", "\xC0\x80", "ok\xE2\x82"}) {
        CHECK_FALSE(socket.send(text));
        CHECK_FALSE(socket.send(WebSocketMessage{.data = text}));
        CHECK_FALSE(site.server.broadcast(text));
        std::thread([&] { CHECK_FALSE(socket.send(text)); }).join();
    }
    site.network.run_until_idle();
    CHECK(peer.received() == "");
    CHECK(std::ranges::count(told, "WebSocket::send()") == 15);
    CHECK(std::ranges::count(told, "WebSocketServer::broadcast()") == 5);
    CHECK(told.size() == 20);
    CHECK(socket.send("\xC3\xA9"));
    CHECK(site.server.broadcast(std::string(1000, 'x')));
    CHECK(socket.send_binary("\xFF"));
    site.network.run_until_idle();
    CHECK(peer.received() == server_text("\xC3\xA9") + server_text(std::string(1000, 'x')) +
                                 server_frame(websocket::Opcode::binary, "\xFF"));
}

TEST_CASE("close handlers take the shapes that people write") {
    ServerSite site;
    Words events;
    const auto end = [&] {
        site.open().send(client_close(1000, "bye"));
        site.network.run_until_idle();
    };
    site.server.on_close(
        [&](WebSocket, int code, std::string reason) { events.push_back(std::to_string(code) + reason); });
    end();
    site.server.on_close([&](const WebSocket&, int code, const std::string& reason) {
        events.push_back(std::to_string(code) + reason);
    });
    end();
    site.server.on_close([&](WebSocket, int code) { events.push_back(std::to_string(code)); });
    end();
    site.server.on_close([&] { events.push_back("closed"); });
    end();
    site.server.on_close([](WebSocket) {});
    site.server.on_connection([&](WebSocket socket) {
        socket.on_close(
            [&](int code, std::string reason) { events.push_back("own " + std::to_string(code) + reason); });
    });
    end();
    site.server.on_connection([&](WebSocket socket) {
        socket.on_close([&](auto code, auto) { events.push_back("own " + std::to_string(code)); });
    });
    end();
    CHECK(events == Words{"1000bye", "1000bye", "1000", "closed", "own 1000bye", "own 1000"});
}

TEST_CASE("verify may refuse with a status and words of its own") {
    ServerSite site;
    const auto ask = [&] { return site.ask(upgrade_request("/live")); };
    site.server.verify([](const Request&) { return WebSocketVerdict::refuse(429, "not so fast"); });
    CHECK(status_of(ask()) == 429);
    CHECK(body_of(ask()) == "not so fast");
    site.server.verify([](const Request& request) -> WebSocketVerdict {
        if (request.has_query("in")) return true;
        return WebSocketVerdict::refuse(403);
    });
    CHECK(body_of(ask()) == "Forbidden");
    CHECK(status_of(site.ask(upgrade_request("/live?in"))) == 101);
    site.server.verify([](const Request&) { return false; });
    CHECK(status_of(ask()) == 401);
    CHECK(body_of(ask()) == "Unauthorized");
    static_assert(!std::is_convertible_v<int, WebSocketVerdict>);
    static_assert(!std::is_convertible_v<const char*, WebSocketVerdict>);
}

TEST_CASE("a path of a WebSocket server is literal, free, and matched as a route is") {
    Site site;
    for (const char* path : {"noslash", "", "/room/:id", "/*", "/a?b", "/room-:id"})
        CHECK_THROWS_AS(WebSocketServer(site.app, path), SetupError);
    const WebSocketServer first(site.app, "/ws/");
    CHECK(status_of(site.ask(upgrade_request("/ws"))) == 101);
    CHECK(status_of(site.ask(upgrade_request("/ws/"))) == 101);
    CHECK(status_of(site.ask(upgrade_request("/%77s?a=b"))) == 101);
    CHECK(status_of(site.ask(upgrade_request("/ws/x"))) == 404);
    for (const char* path : {"/ws", "/ws/"})
        CHECK_THROWS_AS(WebSocketServer(site.app, path), SetupError);
    {
        const WebSocketServer second(site.app, "/other");
    }
    const WebSocketServer third(site.app, "/other");
    CHECK(status_of(site.ask(upgrade_request("/other"))) == 101);
    try {
        const WebSocketServer taken(site.app, "/other");
    } catch (const SetupError& error) {
        CHECK(std::string(error.what()) ==
              "The WebSocket path '/other' cannot be used: something on this application takes the WebSockets of this "
              "path already.");
    }
}

}  // namespace
}  // namespace parley::web::test
