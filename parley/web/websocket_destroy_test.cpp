// SPDX-License-Identifier: MIT
// A WebSocket server that one of its own handlers destroys, and one whose application has gone.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "parley/web/websocket_server.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

TEST_CASE("any handler of a WebSocket server may destroy it, and throw") {
    for (const std::string moment : {"verify", "open", "message", "own message", "close", "own close"}) {
        for (const bool throws : {false, true}) {
            CAPTURE(moment);
            Site site;
            auto server = std::make_unique<WebSocketServer>(site.app, "/live");
            int calls_after = 0;
            const auto kill = [&, throws, text = std::string(100, 'x')] {
                server.reset();
                CHECK(text == std::string(100, 'x'));
                if (throws) throw std::runtime_error("ouch");
            };
            const auto at = [&, kill](std::string_view now) {
                if (server == nullptr) ++calls_after;
                if (now == moment) kill();
            };
            server->verify([&, at](const Request&) {
                at("verify");
                return true;
            });
            server->on_connection([&, at](const WebSocket& socket) {
                if (moment == "own message") socket.on_message([at](WebSocketMessage) { at("own message"); });
                if (moment == "own close") socket.on_close([at] { at("own close"); });
                at("open");
            });
            server->on_message([at](const WebSocket&, WebSocketMessage) { at("message"); });
            server->on_close([at](const WebSocket&) { at("close"); });
            net::SimulatedPeer& peer = site.connect();
            peer.send(upgrade_request("/live"));
            site.network.run_until_idle();
            peer.send(client_text("a") + client_text("b") + client_close(1000));
            site.network.run_until_idle();
            CHECK(server == nullptr);
            CHECK(calls_after == 0);
            CHECK(site.failures.size() == (throws ? 1 : 0));
            CHECK(status_of(site.ask(upgrade_request("/live"))) == 404);
        }
    }
}

TEST_CASE("a WebSocket server with an application of its own may be destroyed by what runs on it") {
    for (const bool by_application : {false, true}) {
        auto server = std::make_unique<WebSocketServer>();
        server->listen({.port = 0, .host = "127.0.0.1"});
        server->post([&] { server.reset(); });
        const RunOptions how{.stop_on_signals = false};
        CHECK((by_application ? server->application().run(how) : server->run(how)) == 0);
        CHECK(server == nullptr);
    }
}

TEST_CASE("a WebSocket server whose application has gone does nothing, or says so") {
    net::SimulatedNetwork network(1, smooth);
    std::optional<Application> app(std::in_place, network.loop());
    WebSocketServer server(*app, "/live");
    app.reset();
    CHECK_THROWS_AS(static_cast<void>(server.application()), SetupError);
    CHECK_THROWS_AS(server.listen(0), SetupError);
    CHECK_THROWS_AS(server.listen(ListenOptions{}), SetupError);
    CHECK_FALSE(server.try_listen({}));
    CHECK_THROWS_AS(server.run(), SetupError);
    CHECK(server.port() == 0);
    server.stop();
    server.post([] { FAIL("called"); });
    CHECK_FALSE(server.after(1ms, [] { FAIL("called"); }).is_pending());
    CHECK_FALSE(server.every(1ms, [] { FAIL("called"); }).is_pending());
    server.verify([](const Request&) { return true; });
    server.on_connection([](WebSocket) {});
    server.on_message([](WebSocket, WebSocketMessage) {});
    server.on_close([](WebSocket) {});
    server.on_error([](const HandlerFailure&) {});
    CHECK(server.broadcast("x"));
    server.broadcast_binary(std::string_view("x"));
    CHECK(server.size() == 0);
    server.for_each(nullptr);
    network.run_until_idle();
}

TEST_CASE("a Next that was moved from, or is older than the answer, does nothing") {
    Site site;
    std::optional<Next> kept;
    site.app.use([&](Request&, const Response&, Next next) {
        Next taken = std::move(next);
        next();  // NOLINT(bugprone-use-after-move)
        kept.emplace(taken);
        taken();
    });
    site.app.get("/", [](Response response) {
        Response taken = std::move(response);
        CHECK_FALSE(response.is_open());  // NOLINT(bugprone-use-after-move)
        response.status(404).set("a", "b").append("a", "b").type("txt").cookie("a", "b");
        response.send_status(404);
        response.end();
        response.on_abort(nullptr);
        CHECK(response.header("a").empty());
        taken.send("yes");
    });
    CHECK(body_of(site.get("/")) == "yes");
    (*kept)();
    CHECK(site.failures.empty());
}

}  // namespace
}  // namespace parley::web::test
