// SPDX-License-Identifier: MIT
// How an HTTP connection ends while something of an answer waits.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

constexpr std::string_view get_hold = "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n";

/// A site whose `/hold` keeps its responses, and whose `/big/:n` answers with so many octets.
struct EndSite : Site {
    explicit EndSite(std::size_t window_bytes = 2'000)
        : Site({}, 1, {.cut = false, .delay = false, .window_bytes = window_bytes}) {
        app.get("/hold", [this](Response response) {
            response.on_abort([this] { ++aborted; });
            held.push_back(response);
        });
        app.get("/big/:n", [](Request& request, Response response) {
            response.send(std::string(std::stoul(std::string(request.parameter("n"))), 'x'));
        });
    }

    net::SimulatedPeer& ask_big(int octets) {
        net::SimulatedPeer& peer = connect();
        peer.stop_reading();
        peer.send("GET /big/" + std::to_string(octets) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        network.run_until_idle();
        return peer;
    }

    /// Runs until stopped, with a peer that ends its side when the server has.
    Duration run_until_stopped(net::SimulatedPeer& peer) {
        peer.on_activity([&] {
            if (peer.is_ended()) peer.end();
        });

        const TimePoint began = network.now();
        CHECK(app.run({.stop_on_signals = false}) == 0);
        return network.now() - began;
    }

    std::vector<Response> held;
    int aborted = 0;
};

TEST_CASE("an answer that is given in the middle of a stop ends its connection, and the stop") {
    EndSite site;
    net::SimulatedPeer& peer = site.connect();
    peer.send(get_hold);
    site.app.after(1s, [&] { site.app.stop(); });
    site.app.after(2s, [&] { site.held[0].send("in time"); });
    CHECK(site.run_until_stopped(peer) < 2100ms);
    CHECK(has_line(peer.received(), "Connection: close"));
    CHECK(body_of(peer.received()) == "in time");
}

TEST_CASE("a stop lets what still waits of the last answer go out") {
    for (const int octets : {40'000, 100'000}) {
        EndSite site;
        net::SimulatedPeer& peer = site.ask_big(octets);
        site.app.after(1s, [&] { site.app.stop(); });
        site.network.plan(2s, [&] { peer.resume_reading(); });
        CHECK(site.run_until_stopped(peer) < 2100ms);
        CHECK(body_of(peer.received()).size() == static_cast<std::size_t>(octets));
    }
}

TEST_CASE("who takes nothing of an answer is cut in the moment in which its time is up") {
    EndSite site;
    site.ask_big(100'000);
    site.network.run_for(14'900ms);
    CHECK(site.network.open_streams() == 1);
    site.network.run_for(200ms);
    CHECK(site.network.open_streams() == 0);
}

TEST_CASE("each answer of a connection has a pace of its own, whatever was taken before") {
    EndSite site;
    net::SimulatedPeer& peer = site.ask_big(1'000'000);
    peer.resume_reading();
    site.network.run_until_idle();
    CHECK(body_of(peer.received()).size() == 1'000'000);
    peer.stop_reading();
    peer.send("GET /big/5000000 HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(seconds_until_cut(site.network, peer) < 100);
}

TEST_CASE("who hangs up is told of at once, also while an earlier answer still waits") {
    EndSite site;
    net::SimulatedPeer& peer = site.ask_big(40'000);
    peer.send(get_hold);
    site.network.run_until_idle();
    REQUIRE(site.held.size() == 1);
    peer.end();
    site.network.run_until_idle();
    CHECK(site.aborted == 1);
    CHECK_FALSE(site.held[0].is_open());
    peer.resume_reading();
    site.network.run_until_idle();
    CHECK(body_of(peer.received()).size() == 40'000);
    CHECK(peer.is_ended());
}

}  // namespace
}  // namespace parley::web::test
