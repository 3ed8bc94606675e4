// SPDX-License-Identifier: MIT
#include "parley/web/observer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley/web/websocket_server.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

using Words = std::vector<std::string>;

/// Writes down what it hears.
struct Recorder : ApplicationObserver {
    void on_accepted(std::size_t) override { log.emplace_back("accepted"); }
    void on_refused(std::size_t) override { log.emplace_back("refused"); }
    void on_request_done(std::size_t, const RequestSummary& request) override {
        log.push_back(std::string(request.method) + " " + std::string(request.target) + " " +
                      std::to_string(request.status) + " in " + std::to_string(request.bytes_received) + " out " +
                      std::to_string(request.bytes_sent) + (request.is_complete ? "" : " cut"));
        duration = request.duration;
    }
    void on_websocket_opened(std::size_t) override { log.emplace_back("opened"); }
    void on_websocket_closed(std::size_t, WebSocketCloseCause cause) override {
        log.push_back("closed " + std::to_string(static_cast<int>(cause)));
    }
    void on_websocket_received(std::size_t, std::size_t octets) override {
        log.push_back("received " + std::to_string(octets));
    }
    void on_websocket_sent(std::size_t, std::size_t octets) override {
        log.push_back("sent " + std::to_string(octets));
    }
    void on_websocket_broadcast(std::size_t, std::size_t recipients, std::size_t octets) override {
        log.push_back("broadcast to " + std::to_string(recipients) + " of " + std::to_string(octets));
    }
    void on_backlog(std::size_t, std::size_t octets) override { backlog = octets; }
    void on_shed(std::size_t) override { ++shed; }
    void on_slow_turn(std::size_t, Duration took) override { slow.push_back(took); }

    Words take() { return std::exchange(log, {}); }

    Words log;
    Duration duration{};
    std::size_t backlog = 0;
    std::uint64_t shed = 0;
    std::vector<Duration> slow;
};

struct ObservedSite : private Recorder, Site {
    explicit ObservedSite(ApplicationOptions options = {}) : Site(with_observer(std::move(options), *this)) {}
    Recorder& recorder() { return *this; }
    /// What is heard when a new connection sends `octets`.
    Words hear(std::string_view octets) {
        ask(octets);
        return recorder().take();
    }

 private:
    static ApplicationOptions with_observer(ApplicationOptions options, ApplicationObserver& observer) {
        options.observer = &observer;
        return options;
    }
};

std::string closed(WebSocketCloseCause cause) {
    return "closed " + std::to_string(static_cast<int>(cause));
}

}  // namespace

TEST_CASE("observer: it hears of each request once, whatever becomes of it") {
    ObservedSite site;
    std::optional<Response> kept;
    site.app.get("/", [](Response response) { response.send("hello"); });
    site.app.post("/", [](Response response) { response.send("ok"); });
    site.app.get("/throw", [](Response) { throw std::runtime_error("oh"); });
    site.app.get("/keep", [&](Response response) { kept = response; });
    site.app.get("/parts", [&](Response response) {
        response.write("part");
        kept = response;
    });
    CHECK(site.hear("GET /?a=1 HTTP/1.1\r\nHost: a\r\n\r\n") == Words{"accepted", "GET /?a=1 200 in 0 out 5"});
    CHECK(site.hear("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n") == Words{"accepted", "HEAD / 200 in 0 out 0"});
    CHECK(site.hear("GET /none HTTP/1.1\r\nHost: a\r\n\r\n").back() == "GET /none 404 in 0 out 9");
    CHECK(site.hear("GET /throw HTTP/1.1\r\nHost: a\r\n\r\n").back() == "GET /throw 500 in 0 out 21");
    CHECK(site.hear("nonsense\r\n\r\n") == Words{"accepted", "  400 in 0 out 0"});
    CHECK(site.hear("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: a\r\n\r\n") ==
          Words{"accepted", "POST / 200 in 3 out 2", "GET / 200 in 0 out 5"});
    SUBCASE("an answer that comes later") {
        CHECK(site.hear("GET /keep HTTP/1.1\r\nHost: a\r\n\r\n") == Words{"accepted"});
        site.network.run_for(50ms);
        kept->send("late");
        site.network.run_until_idle();
        CHECK(site.recorder().take() == Words{"GET /keep 200 in 0 out 4"});
        CHECK(site.recorder().duration >= 50ms);
    }
    SUBCASE("a peer that goes away before the answer, and in the middle of it") {
        for (const auto& [path, wanted] :
             {std::pair("/keep", "GET /keep 0 in 0 out 0 cut"), std::pair("/parts", "GET /parts 200 in 0 out 4 cut")}) {
            net::SimulatedPeer& peer = site.connect();
            peer.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n");
            site.network.run_until_idle();
            peer.reset();
            site.network.run_until_idle();
            CHECK(site.recorder().take() == Words{"accepted", wanted});
            kept.reset();
            site.network.run_until_idle();
        }
    }
    SUBCASE("a body that does not come") {
        net::SimulatedPeer& peer = site.connect();
        peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
        site.network.run_for(60s);
        CHECK(site.recorder().take() == Words{"accepted", "  408 in 0 out 0"});
    }
    CHECK(site.recorder().take().empty());
}

TEST_CASE("observer: connections beyond connections_max are refused, and no request") {
    ObservedSite site({.connections_max = 1});
    site.app.get("/", [](Response response) { response.send("hello"); });
    site.get("/");
    site.recorder().take();
    CHECK(status_of(site.get("/")) == 503);
    CHECK(site.recorder().take() == Words{"refused"});
}

TEST_CASE("observer: a WebSocket is told with its messages, broadcasts and the cause of its end") {
    ObservedSite site;
    WebSocketServer server(site.app, "/ws");
    server.on_message([](WebSocket socket, std::string_view text) { socket.send(text); });
    net::SimulatedPeer& peer = site.connect();
    peer.send(upgrade_request("/ws"));
    site.network.run_until_idle();
    CHECK(site.recorder().take() == Words{"accepted", "GET /ws 101 in 0 out 0", "opened"});
    peer.send(client_text("tea?"));
    site.network.run_until_idle();
    CHECK(site.recorder().take() == Words{"received 4", "sent 4"});
    net::SimulatedPeer& other = site.connect();
    other.send(upgrade_request("/ws"));
    site.network.run_until_idle();
    site.recorder().take();
    server.broadcast("news");
    site.network.run_until_idle();
    CHECK(site.recorder().take() == Words{"sent 4", "sent 4", "broadcast to 2 of 4"});
    peer.send(client_close(1000));
    site.network.run_until_idle();
    other.reset();
    site.network.run_until_idle();
    CHECK(site.recorder().take() ==
          Words{closed(WebSocketCloseCause::closed_by_peer), closed(WebSocketCloseCause::connection_lost)});
}

TEST_CASE("observer: what waits for a peer is told when more is sent, and peers that are shed") {
    ObservedSite site({.memory_max = 2 * 1024 * 1024});
    WebSocketServer server(site.app, "/ws");
    std::vector<net::SimulatedPeer*> peers;
    for (int i = 0; i < 20; ++i) {
        peers.push_back(&site.connect());
        peers.back()->send(upgrade_request("/ws"));
    }
    site.network.run_until_idle();
    for (net::SimulatedPeer* const peer : peers)
        peer->stop_reading();
    const std::string text(100'000, 'x');
    for (int turn = 0; turn < 2; ++turn) {
        server.broadcast(text);
        site.network.run_for(1ms);
    }
    CHECK(site.recorder().backlog == 0);  // the first message is free
    server.broadcast(text);
    CHECK(site.recorder().backlog > 0);
    for (int turn = 0; turn < 5; ++turn) {
        server.broadcast(text);
        site.network.run_for(1ms);
    }
    CHECK(site.recorder().backlog >= 100'000);
    CHECK(site.recorder().shed > 0);
    CHECK(site.recorder().shed == site.app.peers_shed());
}

TEST_CASE("observer: it hears of every slow turn, also of those that on_error does not") {
    ObservedSite site({.slow_turn = 10ms});
    for (const Duration time : {20ms, 10ms, 30ms}) {
        site.app.post([&, time] { site.network.spend(time); });
        site.network.run_until_idle();
    }
    CHECK(site.recorder().slow == std::vector<Duration>{20ms, 30ms});
    CHECK(site.failures.size() == 1);
}

TEST_CASE("observer: what it throws goes to on_error, and no further; after the application it is not called") {
    struct Thrower : ApplicationObserver {
        void on_accepted(std::size_t) override { throw std::runtime_error("no disk"); }
        void on_request_done(std::size_t, const RequestSummary&) override {
            ++requests;
            throw 7;
        }
        int requests = 0;
    };
    auto thrower = std::make_unique<Thrower>();
    Site site({.observer = thrower.get()});
    site.app.get("/", [](Response response) { response.send("hello"); });
    CHECK(status_of(site.get("/")) == 200);
    CHECK(site.failures == Words{"an observer: no disk", "an observer: an exception that is no std::exception"});

    auto doomed = std::make_unique<Application>(site.network.loop(), ApplicationOptions{.observer = thrower.get()});
    doomed->listen({.port = 81, .host = {}});
    doomed->get("/", [&](Response) {
        doomed.reset();
        CHECK(thrower->requests == 1);
    });
    net::SimulatedPeer& peer = site.network.connect(81);
    peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    CHECK(doomed == nullptr);
    CHECK(peer.is_closed());
    CHECK(thrower->requests == 1);
}

TEST_CASE("observer: with threads each loop says its own number, on its own thread") {
    struct Counts : ApplicationObserver {
        void on_request_done(std::size_t loop, const RequestSummary& request) override {
            if (request.status == 200) ++requests.at(loop);
        }
        std::array<int, 2> requests{};  // of one thread each: no atomics
    } counts;
    {
        Application app({.threads = 2, .observer = &counts});
        app.get("/", [](Response response) { response.send("hello"); });
        app.listen({.host = "127.0.0.1"});
        const Running running(app);
        std::vector<std::thread> clients;
        for (int i = 0; i < 6; ++i) {
            clients.emplace_back([&] {
                const Client client(app.port());
                for (int j = 0; j < 20; ++j) {
                    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                    CHECK(status_of(client.receive_until("hello")) == 200);
                }
            });
        }
        for (std::thread& client : clients)
            client.join();
    }
    CHECK(counts.requests[0] + counts.requests[1] == 120);
    CHECK(counts.requests[0] > 0);
    CHECK(counts.requests[1] > 0);
}

}  // namespace parley::web::test
