// SPDX-License-Identifier: MIT
// An application that one of its own handlers destroys: the call comes back, nobody is called any more, and nothing is
// left behind.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/web/websocket_server.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

constexpr const char* moments[] = {"middleware", "route", "next",  "error handler", "on_error", "post",
                                   "after",      "every", "abort", "open",          "message",  "close"};

// An application with handlers of each kind, one of which destroys it; and a WebSocket server that lives on.
struct Mortal {
    // What a handler of this moment does.
    auto at(std::string_view now) {
        return [this, now, baggage = std::string(100, 'x')] {
            if (app == nullptr) ++calls_after;
            if (now != moment || app == nullptr) return;
            app.reset();
            CHECK(baggage == std::string(100, 'x'));
            if (throws) throw std::runtime_error("ouch");
        };
    }

    Mortal(std::string_view its_moment, bool its_throws)
        : moment(its_moment),
          throws(its_throws),
          app(std::make_unique<Application>(network.loop(), ApplicationOptions{})),
          live(std::in_place, *app, "/live") {
        app->listen({.port = 80, .host = {}});
        app->on_error([at = at("on_error")](const HandlerFailure&) { at(); });
        app->use([at = at("middleware")](Request&, Response, const Next& next) {
            at();
            next();
        });
        app->get("/route", [at = at("route")](Request& request, const Response& response) {
            at();
            CHECK(request.path() == "/route");
            response.status(201).send("late");
        });
        app->get(
            "/next",
            [at = at("next")](Request&, Response, const Next& next) {
                at();
                next();
            },
            [at = at("behind next")](Request&, const Response& response) {
                at();
                response.end();
            });
        app->get("/held", [this](Request&, Response response) {
            response.on_abort(at("abort"));
            held.push_back(std::move(response));
        });
        app->get("/throws", [](Request&, Response) { throw std::runtime_error("ouch"); });
        app->use([at = at("error handler")](const HandlerFailure&, Request&, const Response& response) {
            at();
            response.end();
        });
        live->on_connection([this, at = at("open")](WebSocket) { hear(at); });
        live->on_message([this, at = at("message")](WebSocket, std::string_view) { hear(at); });
        live->on_close([this, at = at("close")] {
            ++closed;
            hear(at);
        });
    }

    // Those of the server that lives on may be called still.
    template <typename At>
    void hear(const At& its_at) {
        if (app != nullptr) its_at();
    }

    net::SimulatedPeer& ask(std::string_view octets) {
        net::SimulatedPeer& peer = network.connect(80);
        peer.send(octets);
        return peer;
    }
    net::SimulatedPeer& get(std::string_view target) {
        return ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    void drive() {
        get("/route");
        get("/next");
        net::SimulatedPeer& held_peer = get("/held");
        net::SimulatedPeer& socket = ask(upgrade_request("/live"));
        network.run_until_idle();
        socket.send(client_text("a") + client_text("b") + client_close(1000));
        held_peer.reset();
        get("/throws");
        network.run_until_idle();
        if (app == nullptr) return;
        app->post([at = at("post")] { at(); });
        app->after(1ms, [at = at("after")] { at(); });
        app->every(1ms, [at = at("every")] { at(); });
        network.run_for(10ms);
    }

    std::string_view moment;
    bool throws;
    int calls_after = 0;
    int closed = 0;
    std::vector<Response> held;
    net::SimulatedNetwork network{1, smooth};
    std::unique_ptr<Application> app;
    std::optional<WebSocketServer> live;
};

}  // namespace

TEST_CASE("any handler of an application may destroy it, and throw") {
    for (const std::string_view moment : moments) {
        for (const bool throws : {false, true}) {
            CAPTURE(moment);
            CAPTURE(throws);
            Mortal mortal(moment, throws);
            net::SimulatedPeer& idle = mortal.network.connect(80);
            net::SimulatedPeer& socket = mortal.ask(upgrade_request("/live"));
            mortal.drive();
            CHECK(mortal.app == nullptr);
            CHECK(mortal.calls_after == 0);
            CHECK(idle.is_closed());
            CHECK(socket.is_closed());
            net::SimulatedPeer& late = mortal.network.connect(80);
            mortal.network.run_until_idle();
            CHECK(late.is_closed());
            CHECK(mortal.live->size() == 0);
            CHECK(mortal.live->port() == 0);
            for (const Response& response : mortal.held) {
                CHECK_FALSE(response.is_open());
                response.send("late");
            }
        }
    }
}

TEST_CASE("an application and the server on it may be destroyed in one handler, in either order") {
    for (const bool application_first : {true, false}) {
        net::SimulatedNetwork network(1, smooth);
        auto app = std::make_unique<Application>(network.loop());
        auto live = std::make_unique<WebSocketServer>(*app, "/live");
        int calls_after = 0;
        live->on_close([&] { ++calls_after; });
        live->on_message([&](WebSocket, std::string_view) {
            if (application_first) app.reset();
            live.reset();
            app.reset();
        });
        app->listen({.port = 80, .host = {}});
        net::SimulatedPeer& peer = network.connect(80);
        peer.send(upgrade_request("/live") + client_text("a") + client_text("b"));
        network.run_until_idle();
        CHECK(app == nullptr);
        CHECK(calls_after == 0);
        CHECK(peer.is_closed());
    }
}

TEST_CASE("a handler may replace its application by another one on the same port") {
    net::SimulatedNetwork network(1, smooth);
    std::optional<Application> app(std::in_place, network.loop());
    app->listen({.port = 80, .host = {}});
    app->get("/again", [&](Request&, Response) {
        app.reset();
        app.emplace(network.loop());
        app->listen({.port = 80, .host = {}});
        app->get("/", [](Request&, const Response& response) { response.send("new"); });
    });
    const auto get = [&](std::string_view target) {
        net::SimulatedPeer& peer = network.connect(80);
        peer.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        network.run_until_idle();
        return peer.received();
    };
    CHECK(get("/again").empty());
    CHECK(body_of(get("/")) == "new");
}

TEST_CASE("an application with a loop of its own that its own handler destroys leaves nothing behind, however it ran") {
    const std::size_t before = parley::test::count_descriptors();
    for (const bool by_hand : {false, true}) {
        auto app = std::make_unique<Application>();
        app->listen({.port = 0, .host = "127.0.0.1"});
        app->post([&] { app.reset(); });
        if (by_hand) {
            net::Loop& loop = app->loop();
            while (app != nullptr)
                loop.run_turn(loop.now() + 1s);
        } else {
            CHECK(app->run() == 0);
        }
        CHECK(app == nullptr);
        CHECK(parley::test::count_descriptors() == before);
    }
    for (const bool by_hand : {false, true}) {
        auto server = std::make_unique<WebSocketServer>();
        server->post([&] { server.reset(); });
        if (by_hand) {
            net::Loop& loop = server->application().loop();
            while (server != nullptr)
                loop.run_turn(loop.now() + 1s);
        } else {
            CHECK(server->run() == 0);
        }
        CHECK(parley::test::count_descriptors() == before);
    }
}

TEST_CASE("what hears of the end of a run, or of an application, may destroy whatever it likes") {
    for (const std::string_view doomed : {"server", "application", "both"}) {
        for (const bool by_run : {true, false}) {
            CAPTURE(doomed);
            CAPTURE(by_run);
            net::SimulatedNetwork network(1, smooth);
            auto app = std::make_unique<Application>(network.loop(), ApplicationOptions{.shutdown_timeout = 1ms});
            auto live = std::make_unique<WebSocketServer>(*app, "/live");
            int closed = 0;
            live->on_close([&, baggage = std::string(100, 'x')] {
                ++closed;
                if (doomed != "application") live.reset();
                if (by_run && doomed != "server") app.reset();
                CHECK(baggage == std::string(100, 'x'));
            });
            app->listen({.port = 80, .host = {}});
            for (int i = 0; i < 2; ++i)
                network.connect(80).send(upgrade_request("/live"));
            network.run_until_idle();
            REQUIRE(live->size() == 2);
            if (by_run) {
                app->stop();  // the peers do not answer the goodbye
                CHECK(app->run() == 0);
            } else {
                app.reset();
            }
            CHECK(closed == (doomed == "application" ? 2 : 1));
        }
    }
}

}  // namespace parley::web::test
