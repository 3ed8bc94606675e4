// SPDX-License-Identifier: MIT
// Functions that are none: what registers refuses them at once, what replaces a handler takes it away, what runs one
// later does not.
#include <doctest/doctest.h>

#include <functional>
#include <string_view>

#include "parley/web/websocket_server.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

template <typename Signature>
void check_refused(Application& app) {
    const auto empty = [] { return std::function<Signature>(); };
    Signature* const null = nullptr;
    CHECK_THROWS_WITH_AS(app.get("/", empty()), "a route of an Application needs a function: this one is empty.",
                         SetupError);
    CHECK_THROWS_AS(app.head("/", null), SetupError);
    CHECK_THROWS_AS(app.post("/", Function<Signature>()), SetupError);
    CHECK_THROWS_AS(app.put("/", empty()), SetupError);
    CHECK_THROWS_AS(app.patch("/", empty()), SetupError);
    CHECK_THROWS_AS(app.del("/", empty()), SetupError);
    CHECK_THROWS_AS(app.options("/", empty()), SetupError);
    CHECK_THROWS_AS(app.all("/", empty()), SetupError);
    CHECK_THROWS_WITH_AS(app.use(empty()), "Application::use() needs a function: this one is empty.", SetupError);
    CHECK_THROWS_AS(app.use("/", null), SetupError);
}

}  // namespace

TEST_CASE("a route or a middleware without a function is refused when it is registered") {
    Site site;
    check_refused<void(Request&, Response&, Next&)>(site.app);
    check_refused<void(Request&, Response)>(site.app);
    check_refused<void(const Response&)>(site.app);
    CHECK_THROWS_AS(site.app.get("/", Handler()), SetupError);
    CHECK_THROWS_AS(site.app.use(ErrorHandler()), SetupError);
    CHECK_THROWS_AS(site.app.use(std::function<void(const HandlerFailure&, Request&, Response)>()), SetupError);
    CHECK(status_of(site.get("/")) == 404);
    CHECK(site.failures.empty());
}

TEST_CASE("a function that is none is not run later, by an application or its loop") {
    Site site;
    void (*const null)() = nullptr;
    site.app.post(std::function<void()>());
    site.app.post(null);
    CHECK_FALSE(site.app.after(1ms, std::function<void()>()).is_pending());
    CHECK_FALSE(site.app.every(1ms, null).is_pending());
    site.app.loop().post(null);
    site.app.loop().after(1ms, std::function<void()>());
    site.app.get("/held", [&](Request&, const Response& response) {
        response.on_abort(std::function<void()>());
        response.send("answered");
    });
    CHECK(status_of(site.get("/held")) == 200);
    site.network.run_for(10ms);
    CHECK(site.failures.empty());
}

TEST_CASE("a handler of which there is one is taken away by an empty function") {
    Site site;
    WebSocketServer live(site.app, "/live");
    WebSocket socket;
    int calls = 0;
    const auto register_all = [&] {
        live.verify([&](const Request&) { return ++calls > 0; });
        live.on_connection([&](WebSocket& opened) { ++calls, socket = opened; });
        live.on_message([&](const WebSocket&, std::string_view) { ++calls; });
        live.on_close([&] { ++calls; });
        live.on_error([&](const HandlerFailure&) { ++calls; });
    };
    register_all();
    live.verify(std::function<bool(const Request&)>());
    live.on_connection(std::function<void(WebSocket)>());
    live.on_message(std::function<void(WebSocket, std::string_view)>());
    live.on_close(std::function<void(WebSocket, int)>());
    live.on_error(nullptr);
    live.for_each(nullptr);
    const auto converse = [&] {
        net::SimulatedPeer& peer = site.connect();
        peer.send(upgrade_request("/live"));
        site.network.run_until_idle();
        if (socket) {
            socket.on_message(std::function<void(std::string_view)>());
            socket.on_close(std::function<void()>());
        }
        peer.send(client_text("a") + client_close(1000));
        site.network.run_until_idle();
        CHECK(count(peer.received(), server_close(1000)) == 1);
    };
    converse();
    CHECK(calls == 0);
    register_all();
    converse();  // the socket's own handlers, which are none, stand back for the server's
    CHECK(calls == 4);
}

}  // namespace parley::web::test
