// SPDX-License-Identifier: MIT
#include "parley/web/websocket_server.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

using Words = std::vector<std::string>;

struct ServerSite : Site {
    explicit ServerSite(WebSocketServerOptions options = {}) : server(app, "/live", std::move(options)) {}

    net::SimulatedPeer& open(std::string_view more = {}) {
        net::SimulatedPeer& peer = connect();
        peer.send(upgrade_request("/live?room=1", more));
        network.run_until_idle();
        REQUIRE(status_of(peer.received()) == 101);
        peer.received().clear();
        return peer;
    }

    WebSocketServer server;
};

TEST_CASE("a server greets, echoes and says goodbye") {
    ServerSite site;
    Words events;
    site.server.on_connection([&](WebSocket socket, const Request& request) {
        events.push_back("open " + socket.url() + " " + std::string(request.header("X-Who")));
        socket.send("welcome");
    });
    site.server.on_message([&](WebSocket socket, std::string_view text) {
        events.push_back("text " + std::string(text));
        socket.send(text);
    });
    site.server.on_close([&](WebSocket socket, std::uint16_t code, std::string_view reason) {
        events.push_back("close " + std::to_string(code) + " " + std::string(reason));
        CHECK_FALSE(socket.is_open());
        CHECK_FALSE(socket.send("late"));
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send(upgrade_request("/live?room=1", "X-Who: me\r\n") + client_text("hi"));
    site.network.run_until_idle();
    CHECK(site.server.size() == 1);
    CHECK(body_of(peer.received()) == server_text("welcome") + server_text("hi"));
    peer.send(client_close(1000, "bye"));
    site.network.run_until_idle();
    CHECK(events == Words{"open /live?room=1 me", "text hi", "close 1000 bye"});
    CHECK(site.server.size() == 0);
}

TEST_CASE("silence is pinged, and more silence ends the connection, after the times of the options") {
    ServerSite site({.ping_interval = 3s, .ping_timeout = 2s});
    int code = 0;
    site.server.on_close([&](WebSocket, int its_code) { code = its_code; });
    net::SimulatedPeer& peer = site.open();
    site.network.run_for(2900ms);
    CHECK(peer.received().empty());
    site.network.run_for(200ms);
    CHECK(peer.received() == server_frame(websocket::Opcode::ping, ""));
    site.network.run_for(1800ms);
    CHECK(code == 0);
    site.network.run_for(200ms);
    CHECK(code == 1006);
}

TEST_CASE("handlers take the shapes that people write") {
    ServerSite site;
    Words events;
    site.server.on_connection([&](WebSocket) { events.push_back("open"); });
    site.server.on_close([&](WebSocket&) { events.push_back("close"); });
    site.server.on_message([&](WebSocket, std::string text) { events.push_back(text); });
    site.open().send(client_text("string"));
    site.network.run_until_idle();
    site.server.on_message(
        [&](const WebSocket&, WebSocketMessage message) { events.push_back(message.is_binary ? "binary" : "text"); });
    net::SimulatedPeer& peer = site.open();
    peer.send(client_text("x") + client_frame(websocket::Opcode::binary, "x"));
    peer.reset();
    site.network.run_until_idle();
    site.server.on_message([&](auto socket, auto message) {
        events.push_back("generic " + std::string(message.data));
        socket.close();
    });
    site.open().send(client_text("g"));
    site.network.run_until_idle();
    CHECK(events == Words{"open", "string", "open", "text", "binary", "close", "open", "generic g"});
}

TEST_CASE("a connection may have handlers of its own, and they may replace themselves") {
    ServerSite site;
    Words events;
    site.server.on_connection([&](WebSocket socket) {
        socket.on_message([&, socket](std::string_view text) {
            events.push_back("first " + std::string(text));
            socket.on_message(
                [&](WebSocketMessage message) { events.push_back("second " + std::string(message.data)); });
        });
        socket.on_close([&] { events.push_back("closed"); });
    });
    site.server.on_message([&](WebSocket, std::string_view) { events.push_back("not this one"); });
    net::SimulatedPeer& peer = site.open();
    peer.send(client_text("a") + client_text("b") + client_text("c"));
    site.network.run_until_idle();
    peer.close();
    site.network.run_until_idle();
    CHECK(events == Words{"first a", "second b", "second c", "closed"});
}

TEST_CASE("a connection's own handlers may take the socket, as those of the server do") {
    ServerSite site;
    Words events;
    site.server.on_connection([&](WebSocket& socket) {
        socket.on_message([&](WebSocket& same, std::string text) {
            events.push_back((&same == &socket ? "lent " : "copied ") + text);
            same.on_message([&](WebSocket from, WebSocketMessage message) { from.send(message); });
        });
        socket.on_close([&](WebSocket gone, int code) {
            events.push_back((gone == socket ? "gone " : "other ") + std::to_string(code));
        });
    });
    net::SimulatedPeer& peer = site.open();
    peer.send(client_text("a") + client_text("b"));
    site.network.run_until_idle();
    CHECK(peer.received().ends_with(server_text("b")));
    peer.close();
    site.network.run_until_idle();
    CHECK(events == Words{"lent a", "gone 1006"});
}

TEST_CASE("the server's handlers may replace themselves, and use what they own until they return") {
    ServerSite site;
    Words events;
    const auto owned = [](const char* text) { return std::string(text) + " and more than fits in place"; };
    site.server.on_connection([&, name = owned("first connection")](WebSocket) {
        site.server.on_connection([&](WebSocket) { events.emplace_back("second connection"); });
        events.push_back(name);
    });
    site.server.on_message([&, name = owned("first message")](WebSocket, std::string_view) {
        site.server.on_message([&](WebSocket, std::string_view) { events.emplace_back("second message"); });
        events.push_back(name);
    });
    site.server.on_error([&, name = owned("first error")](const HandlerFailure&) {
        site.server.on_error([&](const HandlerFailure&) { events.emplace_back("second error"); });
        events.push_back(name);
    });
    site.server.on_close([&, name = owned("first close")](WebSocket, int) {
        site.server.on_close([&](WebSocket, int) { throw std::runtime_error("thrown"); });
        events.push_back(name);
        throw std::runtime_error("thrown");
    });
    for (int i = 0; i < 2; ++i) {
        net::SimulatedPeer& peer = site.open();
        peer.send(client_text("hello"));
        peer.send(client_close(1000, ""));
        site.network.run_until_idle();
    }
    CHECK(events == Words{owned("first connection"), owned("first message"), owned("first close"), owned("first error"),
                          "second connection", "second message", "second error"});
}

TEST_CASE("a handle outlives its connection and its server harmlessly") {
    std::optional<WebSocket> kept;
    {
        ServerSite site;
        site.server.on_connection([&](WebSocket socket) { kept = socket; });
        site.open();
        CHECK(kept->is_open());
        CHECK(kept->send("ok"));
    }
    CHECK_FALSE(kept->is_open());
    CHECK_FALSE(kept->send("late"));
    CHECK_FALSE(kept->send_binary({}));
    CHECK_FALSE(kept->ping());
    kept->close();
    kept->terminate();
    kept->on_message([](std::string_view) {});
    CHECK(kept->buffered_bytes() == 0);
    CHECK(kept->url() == "/live?room=1");
    std::thread([&] {
        CHECK_FALSE(kept->send("from another thread"));
        kept->close();
    }).join();
}

TEST_CASE("what is registered behind the end is let go of at once") {
    ServerSite site;
    WebSocket kept;
    site.server.on_connection([&](WebSocket socket) { kept = socket; });
    site.open().reset();
    site.network.run_until_idle();
    REQUIRE_FALSE(kept.is_open());
    const auto owned = std::make_shared<int>();
    kept.on_message([owned](std::string_view) {});
    kept.on_close([owned] {});
    CHECK(owned.use_count() == 1);
}

TEST_CASE("who is too far behind is no longer open, for any thread, from the send on that is too much") {
    ServerSite site({.outbound_bytes_max = 1000});
    WebSocket socket;
    site.server.on_connection([&](WebSocket connected) { socket = connected; });
    site.open().stop_reading();
    for (int turn = 0; turn < 3 && socket.is_open(); ++turn) {
        site.app.post([&] {
            const bool is_sent = socket.send(std::string(100'000, 'x'));
            CHECK(socket.is_open() == is_sent);
        });
        site.network.run_until_idle();
    }
    CHECK_FALSE(socket.is_open());
    CHECK(site.server.size() == 0);
    std::thread([&] { CHECK_FALSE(socket.send("late")); }).join();
}

TEST_CASE("any thread may send, close and broadcast") {
    ServerSite site;
    std::optional<WebSocket> socket;
    site.server.on_connection([&](WebSocket connected) { socket = connected; });
    net::SimulatedPeer& peer = site.open();
    std::thread([&] {
        CHECK(socket->send("posted"));
        CHECK(socket->send_binary(as_bytes("octets")));
        CHECK(socket->ping("p"));
        site.server.broadcast("to all");
        socket->close(4001, "over");
    }).join();
    CHECK(peer.received() == "");
    site.network.run_until_idle();
    CHECK(peer.received() == server_text("posted") + server_frame(websocket::Opcode::binary, "octets") +
                                 server_frame(websocket::Opcode::ping, "p") + server_text("to all") +
                                 server_close(4001, "over"));
}

TEST_CASE("a broadcast reaches every connection that is open") {
    ServerSite site;
    std::vector<net::SimulatedPeer*> peers;
    for (int i = 0; i < 10; ++i)
        peers.push_back(&site.open());
    peers[3]->reset();
    site.network.run_until_idle();
    CHECK(site.server.size() == 9);
    site.server.broadcast("text");
    site.server.broadcast_binary(as_bytes("binary"));
    site.network.run_until_idle();
    for (int i = 0; i < 10; ++i) {
        const std::string expected = server_text("text") + server_frame(websocket::Opcode::binary, "binary");
        CHECK(peers[i]->received() == (i == 3 ? "" : expected));
    }
    int visited = 0;
    site.server.for_each([&](const WebSocket& socket) {
        ++visited;
        socket.terminate();
    });
    CHECK(visited == 9);
    site.network.run_until_idle();
    CHECK(site.server.size() == 0);
}

TEST_CASE("verify and origins decide who may connect") {
    ServerSite site({.origins = {"https://good.example"}});
    site.server.verify([](const Request& request) { return request.header("Authorization") == "secret"; });
    const auto status = [&](std::string_view more) { return status_of(site.ask(upgrade_request("/live", more))); };
    CHECK(status("Authorization: secret\r\n") == 101);
    CHECK(status("Authorization: secret\r\nOrigin: https://good.example\r\n") == 101);
    CHECK(status("Authorization: secret\r\nOrigin: http://a\r\n") == 101);
    CHECK(status("Authorization: wrong\r\nOrigin: https://good.example\r\n") == 401);
    for (const char* origin : {"https://good.example.evil.test", "http://good.example", "https://good.example:444",
                               "null", "https://evilgood.example", "http://a:81", "http://b@a", ""})
        CHECK(status("Authorization: secret\r\nOrigin: " + std::string(origin) + "\r\n") == 403);
    CHECK(status("Authorization: secret\r\nOrigin: https://good.example\r\nOrigin: https://evil.test\r\n") == 403);
}

TEST_CASE("an origin is its own and a listed one however Host and option write it") {
    ServerSite site({.origins = {"https://Good.example:443", "http://[0:0:0:0:0:0:0:1]:5500"}});
    const auto status = [&](std::string_view host, std::string_view origin) {
        std::string request = upgrade_request("/live", "Origin: " + std::string(origin) + "\r\n");
        request.replace(request.find("Host: a"), 7, "Host: " + std::string(host));
        return status_of(site.ask(request));
    };
    CHECK(status("a", "https://good.example") == 101);
    CHECK(status("a", "http://[::1]:5500") == 101);
    CHECK(status("chat.example:80", "http://chat.example") == 101);
    CHECK(status("Chat.example:443", "https://chat.example") == 101);
    CHECK(status("chat.example:80", "https://chat.example") == 403);
    CHECK(status("chat.example:3000", "http://chat.example") == 403);
    for (const char* origin : {"*", "https://good.example/", "https://user@good.example", "wss://good.example"}) {
        CAPTURE(origin);
        CHECK_THROWS_AS(ServerSite({.origins = {origin}}), SetupError);
    }
}

TEST_CASE("a handshake that is wrong is answered before the program is asked") {
    ServerSite site({.origins = {"https://good.example"}});
    int asked = 0;
    std::uint64_t last_id = 0;
    site.server.verify([&](const Request&) { return ++asked > 0; });
    site.server.on_connection([&](WebSocket socket) { last_id = socket.id(); });
    struct Case {
        std::string_view part;
        std::string_view instead;
        int status;
    };
    const Case cases[] = {
        {"Version: 13", "Version: 8", 426},
        {"dGhlIHNhbXBsZSBub25jZQ==", "short", 400},
        {"Upgrade: websocket\r\n", "Upgrade: websocket\r\nSec-WebSocket-Protocol: a b\r\n", 400},
        {"GET", "POST", 405},
    };
    for (const Case& test : cases) {
        // The origin is wrong as well: the handshake is judged first.
        std::string request = upgrade_request("/live", "Origin: https://evil.test\r\n");
        request.replace(request.find(test.part), test.part.size(), test.instead);
        const std::string answer = site.ask(request);
        CHECK(status_of(answer) == test.status);
        CHECK(has_line(answer, "Sec-WebSocket-Version: 13") == (test.status == 426));
        CHECK(has_line(answer, "Upgrade: websocket") == (test.status == 426));
        CHECK(has_line(answer, "Allow: GET") == (test.status == 405));
    }
    CHECK(asked == 0);
    CHECK(status_of(site.ask(upgrade_request("/live"))) == 101);
    CHECK(asked == 1);
    CHECK(last_id == 1);
}

TEST_CASE("a subprotocol is chosen from what both speak") {
    ServerSite site({.subprotocols = {"v2", "v1"}});
    std::string chosen;
    site.server.on_connection([&](WebSocket socket) { chosen = socket.subprotocol(); });
    const std::string both = site.ask(upgrade_request("/live", "Sec-WebSocket-Protocol: v1, v2\r\n"));
    CHECK(has_line(both, "Sec-WebSocket-Protocol: " + chosen));
    CHECK((chosen == "v1" || chosen == "v2"));
    const std::string none = site.ask(upgrade_request("/live", "Sec-WebSocket-Protocol: v9\r\n"));
    CHECK(status_of(none) == 101);
    CHECK(count(none, "Sec-WebSocket-Protocol") == 0);
    CHECK(chosen == "");
}

TEST_CASE("a handler that throws is reported, and its connection goes on") {
    ServerSite site;
    Words failures;
    site.server.on_error([&](const HandlerFailure& failure) {
        failures.push_back(std::string(failure.where) + ": " + std::string(failure.message));
    });
    site.server.on_connection([](WebSocket) { throw std::runtime_error("connection"); });
    site.server.on_message([](WebSocket socket, std::string_view text) {
        if (text == "throw") throw std::runtime_error("message");
        socket.send(text);
    });
    site.server.on_close([](WebSocket) { throw std::runtime_error("close"); });
    net::SimulatedPeer& peer = site.open();
    peer.send(client_text("throw") + client_text("fine") + client_close(1000));
    site.network.run_until_idle();
    CHECK(peer.received().starts_with(server_text("fine")));
    CHECK(failures == Words{"on_connection: connection", "on_message: message", "on_close: close"});
    site.server.verify([](const Request&) -> bool { throw std::runtime_error("verify"); });
    CHECK(status_of(site.ask(upgrade_request("/live"))) == 500);
    CHECK(failures.back() == "verify: verify");
    CHECK(site.failures.empty());
}

TEST_CASE("the other requests of the application are not touched, and other paths are not taken") {
    ServerSite site;
    site.app.get("/live", [](Response response) { response.send("page"); });
    CHECK(body_of(site.get("/live")) == "page");
    CHECK(status_of(site.ask(upgrade_request("/other"))) == 404);
}

TEST_CASE("a server may go before its application, and cuts its connections") {
    Site site;
    auto server = std::make_unique<WebSocketServer>(site.app, "/live");
    int closed = 0;
    server->on_close([&](WebSocket) { ++closed; });
    net::SimulatedPeer& peer = site.connect();
    peer.send(upgrade_request("/live"));
    site.network.run_until_idle();
    CHECK(status_of(peer.received()) == 101);
    server.reset();
    site.network.run_until_idle();
    CHECK(peer.is_closed());
    CHECK(closed == 0);
    CHECK(status_of(site.ask(upgrade_request("/live"))) == 404);
}

TEST_CASE("an application may go before its WebSocket server") {
    net::SimulatedNetwork network(1, smooth);
    auto app = std::make_unique<Application>(network.loop());
    app->listen(80);
    WebSocketServer server(*app, "/live");
    int closed = 0;
    server.on_close([&](WebSocket) { ++closed; });
    network.connect(80).send(upgrade_request("/live"));
    network.run_until_idle();
    CHECK(server.size() == 1);
    app.reset();
    CHECK(closed == 1);
    CHECK(server.size() == 0);
    server.broadcast("nobody");
}

}  // namespace
}  // namespace parley::web::test
