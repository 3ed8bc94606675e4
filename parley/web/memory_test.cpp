// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/memory_budget.hpp"
#include "parley/web/websocket_server.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

// Half of a small `memory_max`: the other half belongs to the allocator and the program.
constexpr std::size_t budget = 1024 * 1024;

/// A site with little memory, and a healthy client that has its messages sent back.
struct CrowdedSite {
    CrowdedSite() : site({.memory_max = 2 * budget}), sockets(site.app, "/ws") {
        sockets.on_message([](WebSocket socket, std::string_view text) { socket.send(text); });
        canary.send(upgrade_request("/ws"));
        site.network.run_until_idle();
        canary.received().clear();
    }

    void check_canary() {
        canary.received().clear();
        canary.send(client_text("still there?"));
        site.network.run_for(1ms);
        CHECK(canary.received() == server_text("still there?"));
    }

    Site site;
    WebSocketServer sockets;
    net::SimulatedPeer& canary = site.connect();
};

}  // namespace

TEST_CASE("memory_max leaves an eighth to the allocator, 16 MiB at least and a half at most") {
    constexpr std::size_t mib = 1024 * 1024;
    const auto left = [](std::size_t memory_max) { return Site({.memory_max = memory_max}).app.memory().bytes_max(); };
    CHECK(left(1024 * mib) == 896 * mib);
    CHECK(left(128 * mib) == 112 * mib);
    CHECK(left(64 * mib) == 48 * mib);
    CHECK(left(32 * mib) == 16 * mib);
    CHECK(left(2 * mib) == mib);
    CHECK(left(0) == SIZE_MAX);
}

TEST_CASE("cut messages of many peers stay within the budget, the largest are given up with 1009, others go on") {
    CrowdedSite crowded;
    std::vector<net::SimulatedPeer*> peers;
    for (int i = 0; i < 40; ++i) {
        peers.push_back(&crowded.site.connect());
        peers.back()->send(upgrade_request("/ws"));
    }
    crowded.site.network.run_until_idle();
    std::size_t most = 0;
    const std::string whole = client_frame(websocket::Opcode::binary, std::string(900'000, 'x'));
    for (net::SimulatedPeer* const peer : peers) {
        peer->received().clear();
        peer->send(whole.substr(0, 100'000));
        crowded.site.network.run_for(1ms);
        most = std::max(most, crowded.site.app.memory_used());
        crowded.check_canary();
    }
    CHECK(most > budget / 2);
    CHECK(most <= budget);
    CHECK(crowded.site.app.peers_shed() > 20);
    const auto told = std::ranges::count_if(
        peers, [](net::SimulatedPeer* peer) { return peer->received() == server_close(1009, "out of memory"); });
    CHECK(static_cast<std::uint64_t>(told) == crowded.site.app.peers_shed());
}

TEST_CASE("bodies of many peers stay within the budget, the largest are answered 503") {
    CrowdedSite crowded;
    crowded.site.app.post("/", [](Response response) { response.send("read"); });
    std::vector<net::SimulatedPeer*> peers;
    std::size_t most = 0;
    for (int i = 0; i < 40; ++i)
        peers.push_back(&crowded.site.connect());
    crowded.site.network.run_until_idle();
    for (net::SimulatedPeer* const peer : peers) {
        peer->send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n" + std::string(90'000, 'x'));
        crowded.site.network.run_for(1ms);
        most = std::max(most, crowded.site.app.memory_used());
    }
    CHECK(most <= budget);
    CHECK(crowded.site.app.peers_shed() > 20);
    const auto refused = std::ranges::count_if(peers, [](net::SimulatedPeer* peer) {
        return status_of(peer->received()) == 503 && has_line(peer->received(), "Retry-After: 2");
    });
    CHECK(static_cast<std::uint64_t>(refused) == crowded.site.app.peers_shed());
    crowded.check_canary();
}

TEST_CASE("what waits for peers that stopped reading stays within the budget") {
    CrowdedSite crowded;
    std::vector<net::SimulatedPeer*> peers;
    for (int i = 0; i < 20; ++i) {
        peers.push_back(&crowded.site.connect());
        peers.back()->send(upgrade_request("/ws"));
    }
    crowded.site.network.run_until_idle();
    std::size_t most = 0;
    for (net::SimulatedPeer* const peer : peers)
        peer->stop_reading();
    for (int i = 0; i < 20; ++i) {
        for (net::SimulatedPeer* const peer : peers)
            peer->send(client_text(std::string(20'000, 'x')));
        crowded.site.network.run_for(1ms);
        most = std::max(most, crowded.site.app.memory_used());
    }
    CHECK(most <= budget);
    CHECK(crowded.site.app.peers_shed() > 0);
    crowded.check_canary();
}

TEST_CASE("newcomers are answered 503 while memory is scarce, and come in again behind that") {
    CrowdedSite crowded;
    crowded.site.app.get("/", [](Response response) { response.send("in"); });
    std::vector<net::SimulatedPeer*> peers;
    for (int i = 0; i < 8; ++i) {
        peers.push_back(&crowded.site.connect());
        peers.back()->send(upgrade_request("/ws"));
    }
    crowded.site.network.run_until_idle();
    CHECK(status_of(crowded.site.get("/")) == 200);
    const std::string whole = client_frame(websocket::Opcode::binary, std::string(900'000, 'x'));
    for (net::SimulatedPeer* const peer : peers) {
        peer->send(whole.substr(0, 116'000));
        crowded.site.network.run_for(1ms);
    }
    REQUIRE(crowded.site.app.memory_used() >= budget / 100 * 85);
    CHECK(status_of(crowded.site.get("/")) == 503);
    crowded.check_canary();
    peers.front()->reset();
    crowded.site.network.run_for(1ms);
    CHECK(status_of(crowded.site.get("/")) == 200);
}

TEST_CASE("when all have gone nothing is counted any more") {
    CrowdedSite crowded;
    crowded.canary.reset();
    crowded.site.network.run_for(1s);
    CHECK(crowded.site.app.memory_used() == 0);
}

}  // namespace parley::web::test
