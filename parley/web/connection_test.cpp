// SPDX-License-Identifier: MIT
//
// What falls into one turn: the end of a connection, its time, and what is posted about it, in the order in which a
// turn runs them. A handler that takes long lets them come together.
#include <doctest/doctest.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "parley/web/websocket_server.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

/// A site with a handler that takes long, and a WebSocket server that echoes.
struct SlowSite : Site {
    explicit SlowSite(const ApplicationOptions& options = {}) : Site(options), server(app, "/live") {
        app.get("/", [](Response response) { response.send("hello"); });
        app.get("/slow", [this](Response response) {
            network.spend(slow_for);
            response.send("done");
        });
        app.get("/hold", [this](Response response) { held.push_back(response); });
        server.on_connection([this](WebSocket socket) { sockets.push_back(socket); });
        server.on_message([](WebSocket socket, WebSocketMessage message) { socket.send(message); });
        server.on_close([this](WebSocket, int code, std::string_view) { codes.push_back(code); });
    }

    net::SimulatedPeer& open() {
        net::SimulatedPeer& peer = connect();
        peer.send(upgrade_request("/live"));
        network.run_until_idle();
        REQUIRE(status_of(peer.received()) == 101);
        peer.received().clear();
        return peer;
    }

    /// Begins the long handler, and has `meanwhile` happen within it: all of it waits for one turn.
    template <typename Meanwhile>
    void in_one_turn(Duration long_time, Meanwhile meanwhile) {
        slow_for = long_time;
        net::SimulatedPeer& asking = connect();
        network.run_until_idle();
        network.plan(long_time / 2, std::move(meanwhile));
        asking.send("GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        network.run_for(long_time + 100ms);
        CHECK(body_of(asking.received()) == "done");
    }

    /// Somebody else is served as if nothing had happened, also by WebSocket.
    void check_serves() {
        CHECK(body_of(get("/")) == "hello");
        net::SimulatedPeer& peer = open();
        peer.send(client_text("still there?"));
        network.run_until_idle();
        CHECK(peer.received() == server_text("still there?"));
        peer.close();
        network.run_until_idle();
    }

    WebSocketServer server;
    std::vector<WebSocket> sockets;
    std::vector<Response> held;
    std::vector<int> codes;
    Duration slow_for = 1s;
};

// Each way in which a peer goes.
enum class Going { end, close, reset };
constexpr Going all_goings[] = {Going::end, Going::close, Going::reset};

void go(net::SimulatedPeer& peer, Going going) {
    if (going == Going::end) peer.end();
    if (going == Going::close) peer.close();
    if (going == Going::reset) peer.reset();
}

TEST_CASE("connections that said nothing go in the turn in which their time is up") {
    for (const Going going : all_goings) {
        SlowSite site;
        std::vector<net::SimulatedPeer*> peers;
        for (int i = 0; i < 5; ++i)
            peers.push_back(&site.connect());
        site.network.run_for(9400ms);
        site.in_one_turn(1500ms, [&] {
            for (net::SimulatedPeer* const peer : peers)
                go(*peer, going);
        });
        site.network.run_for(10s);
        site.check_serves();
    }
}

TEST_CASE("connections go in the turn in which the time of their stage is up, whatever the stage") {
    const std::string stages[] = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",                            // idle behind an answer
        "GET / HTTP/1.1\r\nHo",                                         // a head
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\nx",  // a body
        "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n",                        // an answer that is due
    };
    for (const std::string& sent : stages) {
        for (const Going going : all_goings) {
            SlowSite site;
            net::SimulatedPeer& first = site.connect();
            net::SimulatedPeer& second = site.connect();
            first.send(sent);
            second.send(sent);
            site.network.run_for(9400ms);
            site.in_one_turn(1500ms, [&] {
                go(first, going);
                go(second, going);
            });
            for (const Response& response : site.held)
                response.send("too late");
            site.network.run_for(20s);
            site.check_serves();
        }
    }
}

TEST_CASE("a slow consumer that is being closed goes in the turn in which its time is up, and is told of once") {
    for (const Going going : all_goings) {
        SlowSite site;
        std::vector<net::SimulatedPeer*> peers;
        for (int i = 0; i < 5; ++i) {
            peers.push_back(&site.open());
            peers.back()->stop_reading();
        }
        const std::string chunk(600'000, 'x');
        for (int turn = 0; turn < 5; ++turn) {
            site.server.broadcast(chunk);
            site.network.run_for(20ms);
        }
        REQUIRE(site.codes == std::vector<int>(5, 1008));
        site.network.run_for(4400ms);  // of the five seconds that the goodbye may take
        site.in_one_turn(1500ms, [&] {
            for (net::SimulatedPeer* const peer : peers)
                go(*peer, going);
        });
        site.network.run_for(10s);
        CHECK(site.codes == std::vector<int>(5, 1008));
        CHECK(site.server.size() == 0);
        site.check_serves();
    }
}

TEST_CASE("what was posted about a connection finds it gone in the turn in which it goes") {
    for (const Going going : all_goings) {
        SlowSite site;
        net::SimulatedPeer& peer = site.open();
        net::SimulatedPeer& holding = site.connect();
        holding.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
        site.network.run_until_idle();
        REQUIRE(site.held.size() == 1);
        site.in_one_turn(1500ms, [&] {
            go(peer, going);
            go(holding, going);
            site.app.post([&] {
                site.sockets.front().send("late");
                site.sockets.front().close();
                site.sockets.front().terminate();
                site.held.front().send("late");
            });
        });
        site.network.run_for(10s);
        CHECK(site.codes.size() == 1);
        site.check_serves();
    }
}

TEST_CASE("the application stops in the turn in which its connections go and their time is up") {
    for (const Going going : all_goings) {
        SlowSite site;
        const std::vector<net::SimulatedPeer*> peers{&site.connect(), &site.connect(), &site.open(), &site.open()};
        net::SimulatedPeer& asking = site.connect();
        site.slow_for = 1500ms;
        site.network.plan(9400ms, [&] { asking.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"); });
        site.network.plan(9700ms, [&] {
            for (net::SimulatedPeer* const peer : peers)
                go(*peer, going);
            site.app.stop();
        });
        const TimePoint begin = site.network.now();
        site.app.run({.stop_on_signals = false});
        CHECK(site.network.now() - begin < 13s);
        CHECK(site.codes.size() == 2);
        CHECK(site.server.size() == 0);
    }
}

TEST_CASE("a stop waits for answers as long as it may, and a second signal ends it at once") {
    for (const bool is_impatient : {false, true}) {
        SlowSite site;
        site.connect().send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
        site.network.plan(1s, [&] { site.network.raise(SIGTERM); });
        if (is_impatient) site.network.plan(2s, [&] { site.network.raise(SIGINT); });
        const TimePoint begin = site.network.now();
        CHECK(site.app.run() == 0);
        const Duration took = site.network.now() - begin;
        CHECK(took >= (is_impatient ? 2s : 6s));
        CHECK(took < (is_impatient ? 2s : 6s) + 100ms);
    }
}

TEST_CASE("connections that are cut because the time to stop is over stop no later run") {
    SlowSite site;
    net::SimulatedPeer& holding = site.connect();
    holding.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    site.app.after(1s, [&] { site.app.stop(); });
    site.app.run({.stop_on_signals = false});
    CHECK(holding.is_closed() == false);  // the reset is under way
    int ticks = 0;
    site.app.every(1s, [&] {
        if (++ticks == 3) site.app.stop();
    });
    site.app.run({.stop_on_signals = false});
    CHECK(ticks == 3);
}

}  // namespace
}  // namespace parley::web::test
