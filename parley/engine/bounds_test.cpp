// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/engine_site.hpp"

namespace parley::engine {
namespace {

using namespace test;

engineio::Options with_limit(std::size_t octets) {
    engineio::Options options;
    options.max_http_buffer_size = octets;
    return options;
}

TEST_CASE("a POST body has the limit of max_http_buffer_size, and the session survives a larger one") {
    EngineSite site(with_limit(1000));
    const std::string sid = site.open();
    for (const std::size_t size : {999, 1000, 1001}) {
        const std::string body = "4" + std::string(size - 1, 'x');
        const std::string answer = site.ask("POST", EngineSite::polling(sid), body);
        CHECK(status_of(answer) == (size <= 1000 ? 200 : 413));
        if (size <= 1000) CHECK(site.poll(sid) == body);
    }
    const std::string chunked = site.site.ask("POST /engine.io/?" + EngineSite::polling(sid) +
                                              " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                              "3e9\r\n4" + std::string(1000, 'x') + "\r\n0\r\n\r\n");
    CHECK(status_of(chunked) == 413);
    CHECK(site.log.back().starts_with("text "));
    CHECK(site.post(sid, "4fine") == "ok");
}

TEST_CASE("a body that is declared too long is refused before it comes") {
    EngineSite site;
    const std::string sid = site.open();
    const std::string answer = site.site.ask("POST /engine.io/?" + EngineSite::polling(sid) +
                                             " HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\n");
    CHECK(status_of(answer) == 413);
}

TEST_CASE("a WebSocket message has the same limit: 1009 and transport error") {
    EngineSite site(with_limit(1000));
    net::SimulatedPeer& peer = site.open_websocket();
    for (const std::size_t size : {999, 1000}) {
        const std::string text = "4" + std::string(size - 1, 'x');
        CHECK(site.tell(peer, text) == Words{"text " + text});
    }
    const Words frames = site.tell(peer, "4" + std::string(1000, 'x'));
    REQUIRE(frames.size() == 1);
    CHECK(frames.front().substr(0, 8) == "close " + close_payload(1009));
    CHECK(site.log.back() == "closed: transport error");
}

TEST_CASE("a POST of half a million packets is read in turns, and others are served between them") {
    EngineSite site;
    site.echoes = false;
    const std::string busy = site.open();
    net::SimulatedPeer& canary = site.open_websocket();
    std::string body = "4";
    for (int i = 1; i < 499'999; ++i)
        body += "\0364";
    // A message of the canary is heard after a few shares, long before the end.
    site.on_text = [&](std::string_view) {
        if (site.log.size() == 3'000) canary.send(client_text("4canary"));
    };
    net::SimulatedPeer& post = site.begin("POST", EngineSite::polling(busy), body);
    CHECK(body_of(post.received()) == "ok");
    CHECK(site.log.size() == 2 + 1 + 499'999);
    const auto heard = std::find(site.log.begin(), site.log.end(), "text canary") - site.log.begin();
    CHECK(heard >= 3'000);
    CHECK(heard <= 6'000);
}

TEST_CASE("a POST has one share of each turn, also while it is answered") {
    engineio::Options options;
    options.packets_per_turn = 10;
    EngineSite site(options);
    const std::string sid = site.open();
    std::map<std::uint64_t, int> shares;  // by the number of the turn
    site.on_text = [&](std::string_view) { ++shares[site.site.network.loop().turn()]; };
    std::string body = "4";
    for (int i = 1; i < 100; ++i)
        body += "\0364";
    CHECK(site.post(sid, body) == "ok");
    CHECK(shares.size() == 10);
    for (const auto& [turn, packets] : shares)
        CHECK(packets == 10);
}

TEST_CASE("a session is writable until more than the soft limit waits, by polling and by WebSocket") {
    engineio::Options options;
    options.queue_bytes_soft = 1'000;
    EngineSite site(options);
    site.open();
    site.open_websocket().stop_reading();
    site.sessions[1]->send(engineio::packet_of({std::string(64 * 1024 - 4, 'w')}));  // what the network takes
    site.pass(1ms);
    for (Session* const session : site.sessions) {
        CHECK(session->writable());
        session->send(engineio::packet_of({std::string(3'000, 'x')}));
        CHECK_FALSE(session->writable());
    }
}

TEST_CASE("a second POST while the first is still being read is an overlap") {
    engineio::Options options;
    options.packets_per_turn = 1;
    EngineSite site(options);
    const std::string sid = site.open();
    net::SimulatedPeer* second = nullptr;
    site.on_text = [&](std::string_view text) {
        if (text == "a") second = &site.site.connect();
        if (text == "a")
            second->send("POST /engine.io/?" + EngineSite::polling(sid) +
                         " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n4x");
    };
    std::string body = "4a";
    for (int i = 0; i < 100; ++i)
        body += "\0364b";
    const std::string first = site.ask("POST", EngineSite::polling(sid), body);
    CHECK(body_of(first) == "ok");
    REQUIRE(second != nullptr);
    CHECK(status_of(second->received()) == 400);
    CHECK(site.log.back() == "closed: transport error");
    CHECK(site.log.size() < 100);
}

TEST_CASE("the engine may go while a POST is being read") {
    engineio::Options options;
    options.packets_per_turn = 1;
    EngineSite site(options);
    const std::string sid = site.open();
    net::SimulatedPeer& post = site.site.connect();
    site.on_text = [&](std::string_view text) {
        if (text != "a") return;
        site.site.network.loop().post([&] {
            site.site.app.unmount(*site.engine);
            site.engine.reset();
        });
    };
    post.send("POST /engine.io/?" + EngineSite::polling(sid) +
              " HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n4a\0364b\0364c");
    site.site.network.run_until_idle();
    CHECK_FALSE(site.engine);
    CHECK(body_of(post.received()) == "ok");
}

TEST_CASE("a third of a million pings in one POST are one offence") {
    EngineSite site;
    const std::string sid = site.open();
    std::string body = "2x";
    while (body.size() < 999'990)
        body += "\0362x";
    CHECK(site.post(sid, body) == "ok");
    CHECK(site.log == Words{"session", "closed: transport error"});
    CHECK(site.engine->session_count() == 0);
}

TEST_CASE("requests for one session are bounded by the second: 429, and the session goes on without them") {
    engineio::Options options;
    options.polling_requests_per_second_max = 10;
    EngineSite site(options);
    site.echoes = false;
    const std::string sid = site.open();
    const std::string other = site.open();
    for (int i = 0; i < 10; ++i)
        CHECK(site.post(sid, "4a") == "ok");
    site.take_log();
    const std::string refused = site.ask("POST", EngineSite::polling(sid), "4too much");
    CHECK(status_of(refused) == 429);
    CHECK(has_line(refused, "Retry-After: 1"));
    CHECK(has_line(refused, "Content-Type: application/json"));
    CHECK(body_of(refused) == R"({"code":4,"message":"Too many requests"})");
    CHECK(status_of(site.ask("GET", EngineSite::polling(sid))) == 429);
    CHECK(status_of(site.ask("PUT", EngineSite::polling(sid))) == 429);
    CHECK(status_of(site.dial(EngineSite::websocket(sid)).received()) == 429);
    CHECK(site.facts[Fact::request_refused] == 4);
    CHECK(site.take_log().empty());
    CHECK(site.post(other, "4b") == "ok");

    site.pass(101ms);
    CHECK(site.post(sid, "4c") == "ok");
    CHECK(status_of(site.ask("POST", EngineSite::polling(sid), "4d")) == 429);
    site.pass(1s);
    for (int i = 0; i < 10; ++i)
        CHECK(site.post(sid, "4e") == "ok");
    CHECK(status_of(site.ask("POST", EngineSite::polling(sid), "4f")) == 429);
    CHECK(site.log.size() == 12);
    CHECK(site.sessions.size() == 2);
}

TEST_CASE("an upgrade that is answered at once again and again by polling has the same bound") {
    engineio::Options options;
    options.polling_requests_per_second_max = 10;
    EngineSite site(options);
    const std::string sid = site.open();
    net::SimulatedPeer& probe = site.dial(EngineSite::websocket(sid));
    CHECK(site.tell(probe, "2probe") == Words{"text 3probe"});
    for (int i = 1; i < 10; ++i)
        CHECK(site.poll(sid) == "6");
    CHECK(status_of(site.ask("GET", EngineSite::polling(sid))) == 429);
    CHECK(site.tell(probe, "5").empty());
    CHECK(site.tell(probe, "4hello") == Words{"text 4hello"});
}

TEST_CASE("without a bound on requests there is none") {
    engineio::Options options;
    options.polling_requests_per_second_max = 0;
    EngineSite site(options);
    const std::string sid = site.open();
    net::SimulatedPeer& peer = site.site.connect();
    for (int i = 0; i < 20'000; ++i)
        peer.send("POST /engine.io/?" + EngineSite::polling(sid) +
                  " HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n6");
    site.pass(100ms);
    CHECK(count(peer.received(), "HTTP/1.1 200 ") == 20'000);
}

TEST_CASE("what waits for a client that does not poll is bounded") {
    EngineSite site;
    site.open();
    Session& session = *site.sessions.front();
    const std::string text(16 * 1024 - 2, 'x');
    const auto send = [&] {
        session.send(engineio::packet_of({text}));
        site.pass(1ms);
    };
    for (int i = 0; i < 4; ++i) {
        CHECK(session.writable());
        send();
    }
    session.send(engineio::packet_of({"x"}));
    CHECK_FALSE(session.writable());
    for (int i = 4; i < 65; ++i)
        send();
    CHECK(session.is_open());
    CHECK(site.log == Words{"session"});
    send();
    CHECK(site.log == Words{"session", "closed: slow consumer"});
    CHECK(site.engine->session_count() == 0);
}

TEST_CASE("a client that stops reading its WebSocket is closed, and others lose nothing") {
    EngineSite site;
    net::SimulatedPeer& slow = site.open_websocket();
    net::SimulatedPeer& fast = site.open_websocket();
    slow.stop_reading();
    const std::string text(65'536, 'x');
    const engineio::Packet packet = engineio::packet_of({text});
    MessageForms forms;
    std::size_t received = 0;
    for (int i = 0; i < 40; ++i) {
        for (Session* session : std::vector(site.sessions))
            session->send({std::span(&packet, 1), forms});
        site.site.network.run_until_idle();
        site.pass(10ms);
        received += EngineSite::frames(fast).size();
    }
    CHECK(received == 40);
    CHECK(std::count(site.log.begin(), site.log.end(), "closed: slow consumer") == 1);
    CHECK(site.sessions.size() == 1);
    site.pass(20s);
    CHECK(site.engine->session_count() == 1);
}

TEST_CASE("a client that stops reading altogether is closed by the clock") {
    EngineSite site;
    net::SimulatedPeer& slow = site.open_websocket();
    slow.stop_reading();
    Session& session = *site.sessions.front();
    CHECK(session.writable());
    session.send(engineio::packet_of({std::string(204'800, 'x')}));
    site.site.network.run_until_idle();
    CHECK_FALSE(session.writable());
    site.pass(16s);
    CHECK(site.log == Words{"session", "closed: slow consumer"});
}

TEST_CASE("sessions that were opened and left are reaped, and no timer stays behind") {
    EngineSite site;
    for (int i = 0; i < 300; ++i)
        site.open();
    CHECK(site.engine->session_count() == 300);
    site.pass(10'100ms);
    CHECK(site.engine->session_count() == 0);
}

TEST_CASE("what waits for sessions that do not poll stays within the memory of all, and those go that hold most") {
    MemoryBudget memory(1024 * 1024);
    EngineSite site;
    site.engine->set_memory(memory);
    const std::string small = site.open();
    std::vector<std::string> sids;
    for (int i = 0; i < 30; ++i)
        sids.push_back(site.open());
    std::size_t most = 0;
    for (const std::string& sid : sids) {
        REQUIRE(site.post(sid, "4" + std::string(60'000, 'x')) == "ok");
        most = std::max(most, memory.bytes());
    }
    CHECK(most > 900'000);
    CHECK(most <= 1024 * 1024);
    CHECK(memory.shed_count() > 10);
    CHECK(site.post(small, "4still there") == "ok");
    CHECK(site.poll(small) == "4still there");
}

TEST_CASE("while memory is scarce no session is opened, and those that are go on") {
    MemoryBudget memory(1024 * 1024);
    EngineSite site;
    site.engine->set_memory(memory);
    const std::string sid = site.open();
    memory.count(0, 900'000);
    const std::string refused = site.ask("GET", "EIO=4&transport=polling");
    CHECK(status_of(refused) == 503);
    CHECK(refused.find("Retry-After: ") != std::string::npos);
    CHECK(site.facts[Fact::session_refused] == 1);
    CHECK(site.post(sid, "4hello") == "ok");
    CHECK(site.poll(sid) == "4hello");
    memory.count(900'000, 0);
    CHECK(status_of(site.ask("GET", "EIO=4&transport=polling")) == 200);
}

}  // namespace
}  // namespace parley::engine
