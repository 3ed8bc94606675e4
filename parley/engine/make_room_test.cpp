// SPDX-License-Identifier: MIT
//
// How many sessions there may be, and who makes room for whom.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/engine_site.hpp"

namespace parley::engine {
namespace {

using namespace test;

constexpr std::string_view handshake = "EIO=4&transport=polling";
constexpr std::string_view unknown_sid = R"({"code":1,"message":"Session ID unknown"})";

engineio::Options with_unconfirmed_max(std::size_t sessions) {
    engineio::Options options;
    options.unconfirmed_sessions_max = sessions;
    return options;
}

/// An engine, and clients that come from different addresses.
struct RoomSite {
    explicit RoomSite(engineio::Options options) : engine(std::move(options)) {}

    net::SimulatedPeer& from(const net::Endpoint& address) { return engine.site.network.connect(80, address); }
    net::SimulatedPeer& from(std::uint8_t host) { return from(net::Endpoint::ipv4({10, 0, 0, host}, next_port++)); }

    /// Asks on a connection and takes the answer.
    std::string ask(net::SimulatedPeer& peer, std::string_view query, std::string_view body = {}) {
        std::string request = body.empty() ? "GET" : "POST";
        request.append(" /engine.io/?").append(query).append(" HTTP/1.1\r\nHost: a\r\n");
        if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        peer.send(request.append("\r\n").append(body));
        engine.site.network.run_until_idle();
        return std::exchange(peer.received(), {});
    }
    std::string open(net::SimulatedPeer& peer) {
        const std::string answer = ask(peer, handshake);
        REQUIRE(status_of(answer) == 200);
        return std::string(body_of(answer).substr(9, 20));
    }
    std::string open(std::uint8_t host) { return open(from(host)); }
    bool is_known(std::string_view sid) { return engine.post(sid, "6") == "ok"; }
    /// Has a poll pending, which holds a connection.
    net::SimulatedPeer& stay(std::string_view sid) { return engine.begin("GET", EngineSite::polling(sid)); }

    EngineSite engine;
    std::uint16_t next_port = 10'000;
};

TEST_CASE("one more than the unconfirmed sessions there may be: the oldest of the most crowded address makes room") {
    RoomSite site(with_unconfirmed_max(4));
    const std::string lone = site.open(1);
    const std::string oldest = site.open(2);
    const std::string second = site.open(2);
    const std::string third = site.open(2);
    CHECK(site.engine.engine->session_count() == 4);
    CHECK(site.engine.facts[Fact::session_made_room] == 0);
    const std::string newcomer = site.open(3);
    CHECK(site.engine.engine->session_count() == 4);
    CHECK(site.engine.facts[Fact::session_made_room] == 1);
    CHECK(site.engine.facts[Fact::session_refused] == 0);
    CHECK(site.engine.post(oldest, "6") == unknown_sid);
    for (const std::string& sid : {lone, second, third, newcomer})
        CHECK(site.is_known(sid));
    CHECK(std::ranges::count(site.engine.log, "closed: forced close") == 1);
}

TEST_CASE("a client that has begun to poll, or to upgrade, is no newcomer any more") {
    RoomSite site(with_unconfirmed_max(1));
    const std::string polls = site.open(1);
    net::SimulatedPeer& poll = site.stay(polls);
    const std::string upgrades = site.open(1);
    net::SimulatedPeer& websocket = site.engine.dial(EngineSite::websocket(upgrades));
    const std::string posts = site.open(1);
    CHECK(site.engine.post(posts, "4hello") == "ok");
    CHECK(site.engine.facts[Fact::session_made_room] == 0);
    site.open(1);
    CHECK(site.engine.facts[Fact::session_made_room] == 1);
    CHECK(site.engine.post(posts, "6") == unknown_sid);
    // Between two polls a client holds nothing, as any other; newcomers do not push it out.
    CHECK(site.engine.post(polls, "4hello") == "ok");
    CHECK(body_of(poll.received()) == "4hello");
    CHECK(site.engine.tell(websocket, "2probe") == Words{"text 3probe"});
    CHECK(site.engine.tell(websocket, "5").empty());
    site.open(1);
    CHECK(site.is_known(polls));
    CHECK(site.engine.tell(websocket, "4still there") == Words{"text 4still there"});
    CHECK(site.engine.engine->session_count() == 3);
}

TEST_CASE("a session that waits to say goodbye makes room like any other") {
    RoomSite site(with_unconfirmed_max(1));
    const std::string says_goodbye = site.open(1);
    site.engine.sessions.front()->close();
    site.engine.site.network.run_until_idle();
    CHECK(site.engine.engine->session_count() == 1);
    site.open(1);
    CHECK(site.engine.post(says_goodbye, "6") == unknown_sid);
    CHECK(site.engine.engine->session_count() == 1);
}

TEST_CASE("when all places are taken, clients between two polls make room, but only for want of newcomers") {
    engineio::Options options;
    options.sessions_max = 3;
    RoomSite site(options);
    const auto open_and_poll = [&](std::uint8_t host) {
        const std::string sid = site.open(host);
        site.stay(sid);
        CHECK(site.engine.post(sid, "4hello") == "ok");
        return sid;
    };
    const std::string first = open_and_poll(1);
    const std::string second = open_and_poll(1);
    const std::string newcomer = site.open(2);
    site.engine.open_websocket();
    CHECK(site.engine.post(newcomer, "6") == unknown_sid);
    const std::string next = open_and_poll(3);
    CHECK(site.engine.post(first, "6") == unknown_sid);
    CHECK(site.is_known(second));
    CHECK(site.is_known(next));
    CHECK(site.engine.engine->session_count() == 3);
}

TEST_CASE("where nobody is unconfirmed, one more than sessions_max is answered 503, whatever its transport") {
    engineio::Options options;
    options.sessions_max = 3;
    RoomSite site(options);
    const std::string polls = site.open(1);
    net::SimulatedPeer& poll = site.stay(polls);
    site.engine.open_websocket();
    CHECK(site.engine.engine->session_count() == 2);
    net::SimulatedPeer& last = site.engine.open_websocket();
    for (const bool is_upgrade : {false, true}) {
        const std::string answer =
            is_upgrade ? site.engine.dial("EIO=4&transport=websocket").received() : site.engine.ask("GET", handshake);
        CHECK(status_of(answer) == 503);
        CHECK(has_line(answer, "Retry-After: 2"));
        CHECK(body_of(answer) == (is_upgrade ? "Too many sessions" : R"({"code":4,"message":"Too many sessions"})"));
    }
    CHECK(site.engine.facts[Fact::session_refused] == 2);
    CHECK_FALSE(poll.is_closed());
    last.close();
    site.engine.site.network.run_until_idle();
    site.open(1);
    // That one holds no connection: it makes room.
    site.engine.open_websocket();
    CHECK(site.engine.engine->session_count() == 3);
    CHECK(site.engine.facts[Fact::session_made_room] == 1);
}

TEST_CASE("the sessions of one address are bounded where that is asked for, IPv6 by its network") {
    engineio::Options options;
    options.sessions_per_address_max = 2;
    RoomSite site(options);
    site.open(1);
    site.open(1);
    CHECK(status_of(site.ask(site.from(1), handshake)) == 503);
    site.open(2);
    std::array<std::uint8_t, 16> address{0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2, 1};
    const auto ask_from = [&] { return status_of(site.ask(site.from(net::Endpoint::ipv6(address, 1)), handshake)); };
    CHECK(ask_from() == 200);
    address[15] = 9;
    CHECK(ask_from() == 200);
    address[8] = 7;
    CHECK(ask_from() == 503);
    address[7] = 3;
    CHECK(ask_from() == 200);
    // WebSockets count, too, and who leaves counts no more.
    net::SimulatedPeer& first = site.engine.open_websocket();
    site.engine.open_websocket();
    CHECK(status_of(site.engine.dial("EIO=4&transport=websocket").received()) == 503);
    first.close();
    site.engine.site.network.run_until_idle();
    site.engine.open_websocket();
}

TEST_CASE("a flood of handshakes from one address locks nobody out") {
    RoomSite site(with_unconfirmed_max(100));
    net::SimulatedPeer& flooding = site.from(66);
    const auto flood = [&](int handshakes) {
        for (int i = 0; i < handshakes; ++i)
            flooding.send("GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n");
        site.engine.site.network.run_until_idle();
        flooding.received().clear();
    };
    flood(1'000);
    CHECK(site.engine.engine->session_count() == 100);
    for (std::uint8_t host = 1; host <= 20; ++host) {
        const std::string sid = site.open(host);
        flood(300);  // while the honest one thinks
        CHECK(site.is_known(sid));
        site.stay(sid);
    }
    CHECK(site.engine.engine->session_count() == 119);
    site.engine.pass(10'100ms);
    CHECK(site.engine.engine->session_count() == 20);
}

TEST_CASE("ten thousand clients behind one address are all let back in at once") {
    engineio::Options options;
    options.unconfirmed_sessions_max = 1'000;
    RoomSite site(options);
    site.engine.echoes = false;
    // Each asks, and comes back when it has its answer: at any moment only those on their way are unconfirmed.
    constexpr int clients = 10'000;
    constexpr int at_once = 500;
    std::vector<net::SimulatedPeer*> peers;
    for (int i = 0; i < clients; i += at_once) {
        std::vector<net::SimulatedPeer*> wave;
        for (int j = 0; j < at_once; ++j)
            wave.push_back(&site.from(1));
        for (net::SimulatedPeer* const peer : wave)
            peer->send("GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n");
        site.engine.site.network.run_until_idle();
        for (net::SimulatedPeer* const peer : wave) {
            REQUIRE(status_of(peer->received()) == 200);
            const std::string sid(body_of(std::exchange(peer->received(), {})).substr(9, 20));
            peer->send("GET /engine.io/?EIO=4&transport=polling&sid=" + sid + " HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        site.engine.site.network.run_until_idle();
        peers.insert(peers.end(), wave.begin(), wave.end());
    }
    CHECK(site.engine.engine->session_count() == clients);
    CHECK(site.engine.facts[Fact::session_made_room] == 0);
    CHECK(std::ranges::none_of(peers, [](net::SimulatedPeer* peer) { return !peer->received().empty(); }));
}

}  // namespace
}  // namespace parley::engine
