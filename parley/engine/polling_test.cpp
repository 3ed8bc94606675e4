// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/support/engine_site.hpp"

namespace parley::engine {
namespace {

using namespace test;

TEST_CASE("what is posted is echoed in the next poll") {
    EngineSite site;
    const std::string sid = site.open();
    const std::string answer = site.ask("POST", EngineSite::polling(sid), "4hello");
    CHECK(status_of(answer) == 200);
    CHECK(has_line(answer, "Content-Type: text/html"));
    CHECK(has_line(answer, "Cache-Control: no-store"));
    CHECK(body_of(answer) == "ok");
    CHECK(site.poll(sid) == "4hello");
}

TEST_CASE("what the handlers of one POST say leaves in one answer, in order") {
    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
    CHECK(pending.received().empty());
    CHECK(site.post(sid, "4test1\0364test2\0364test3") == "ok");
    CHECK(body_of(pending.received()) == "4test1\0364test2\0364test3");
}

TEST_CASE("binary travels as base64") {
    EngineSite site;
    const std::string sid = site.open();
    CHECK(site.post(sid, "4hello\036bAQIDBA==") == "ok");
    CHECK(site.log == Words{"session", "text hello", "binary \x01\x02\x03\x04"});
    CHECK(site.poll(sid) == "4hello\036bAQIDBA==");
}

TEST_CASE("a poll waits until the program says something") {
    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
    site.pass(10s);
    CHECK(pending.received().empty());
    site.sessions.front()->send(engineio::packet_of({"late"}));
    site.site.network.run_until_idle();
    CHECK(body_of(pending.received()) == "4late");
}

TEST_CASE("all that a handler says reaches the client, however much, whether a poll is pending or not") {
    for (const bool is_pending : {true, false}) {
        engineio::Options options;
        options.queue_bytes_max = 10'000;
        EngineSite site(options);
        const std::string sid = site.open();
        site.on_text = [&](std::string_view) {
            for (int i = 0; i < 20; ++i)
                site.sessions.front()->send(engineio::packet_of({std::string(1000, 'x')}));
        };
        net::SimulatedPeer* const pending = is_pending ? &site.begin("GET", EngineSite::polling(sid)) : nullptr;
        CHECK(site.post(sid, "4go") == "ok");
        const std::string answer = is_pending ? pending->received() : site.ask("GET", EngineSite::polling(sid));
        CHECK(count(body_of(answer), "\0364") == 20);
        CHECK(site.sessions.size() == 1);
    }
}

TEST_CASE("two POSTs of one turn are both answered") {
    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& first = site.site.connect();
    net::SimulatedPeer& second = site.site.connect();
    for (net::SimulatedPeer* const peer : {&first, &second})
        peer->send("POST /engine.io/?" + EngineSite::polling(sid) +
                   " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n4a");
    site.site.network.run_until_idle();
    CHECK(body_of(first.received()) == "ok");
    CHECK(body_of(second.received()) == "ok");
    CHECK(site.site.failures.empty());
}

TEST_CASE("a long body for a session that nobody has is refused before it comes") {
    EngineSite site;
    net::SimulatedPeer& peer = site.site.connect();
    peer.send(
        "POST /engine.io/?EIO=4&transport=polling&sid=none HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n4aaa");
    site.pass(1s);
    CHECK(status_of(peer.received()) == 400);
    CHECK(body_of(peer.received()) == R"({"code":1,"message":"Session ID unknown"})");
    CHECK(peer.is_closed());
}

TEST_CASE("a body that is too large is 413, which the page of another origin may see") {
    engineio::Options options;
    options.max_http_buffer_size = 10'000;
    options.cors = http::CorsRule{.origins = {"http://a.example"}};
    EngineSite site(options);
    const std::string sid = site.open();
    for (const bool is_chunked : {false, true}) {
        net::SimulatedPeer& peer = site.site.connect();
        peer.send("POST /engine.io/?" + EngineSite::polling(sid) +
                  " HTTP/1.1\r\nHost: a\r\nOrigin: http://a.example\r\n" +
                  (is_chunked ? "Transfer-Encoding: chunked\r\n\r\n2711\r\n" + std::string(10'001, '4')
                              : "Content-Length: 10001\r\n\r\n"));
        site.site.network.run_until_idle();
        CHECK(status_of(peer.received()) == 413);
        CHECK(has_line(peer.received(), "Access-Control-Allow-Origin: http://a.example"));
        CHECK(body_of(peer.received()).empty());
        CHECK(site.sessions.size() == 1);
    }
}

TEST_CASE("several requests on one kept connection") {
    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& peer = site.site.connect();
    const std::string target = "/engine.io/?" + EngineSite::polling(sid) + " HTTP/1.1\r\nHost: a\r\n";
    peer.send("POST " + target +
              "Content-Length: 3\r\n\r\n4ab"
              "GET " +
              target + "\r\n");
    site.site.network.run_until_idle();
    CHECK(count(peer.received(), "HTTP/1.1 200") == 2);
    CHECK(peer.received().ends_with("\r\n\r\n4ab"));
}

TEST_CASE("a ping over polling is a body of exactly 2, and its pong gives a new interval") {
    EngineSite site;
    const std::string sid = site.open();
    for (int round = 0; round < 3; ++round) {
        net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
        site.pass(24'900ms);
        CHECK(pending.received().empty());
        site.pass(200ms);
        CHECK(body_of(pending.received()) == "2");
        CHECK(site.post(sid, "3") == "ok");
    }
    CHECK(site.take_log() == Words{"session"});
}

TEST_CASE("a client that answers no ping is closed, its poll gets the goodbye and its id is unknown") {
    EngineSite site;
    const std::string sid = site.open();
    CHECK(site.post(sid, "6") == "ok");
    site.pass(25'100ms);
    CHECK(site.poll(sid) == "2");
    net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
    site.pass(20s);
    CHECK(body_of(pending.received()) == "1");
    CHECK(site.log.back() == "closed: ping timeout");
    CHECK(site.engine->session_count() == 0);
    CHECK(site.poll(sid) == R"({"code":1,"message":"Session ID unknown"})");
}

TEST_CASE("a request behind the deadline finds it passed, however coarse the timers are") {
    engineio::Options options;
    options.ping_interval = 300ms;
    options.ping_timeout = 200ms;
    for (const Duration wait : {480ms, 500ms, 501ms}) {
        EngineSite site(options);
        const std::string sid = site.open();
        site.pass(320ms);
        CHECK(site.poll(sid) == "2");
        site.pass(wait - 320ms);
        CHECK(site.ask("POST", EngineSite::polling(sid), "3")
                  .starts_with(wait < 500ms ? "HTTP/1.1 200" : "HTTP/1.1 400"));
    }
}

TEST_CASE("a second poll ends the session: the first gets 1, the second 400, the third 400 with code 1") {
    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& first = site.begin("GET", EngineSite::polling(sid));
    const std::string second = site.ask("GET", EngineSite::polling(sid));
    CHECK(status_of(first.received()) == 200);
    CHECK(body_of(first.received()) == "1");
    CHECK(status_of(second) == 400);
    CHECK(body_of(second).empty());
    CHECK(site.poll(sid) == R"({"code":1,"message":"Session ID unknown"})");
    CHECK(site.log == Words{"session", "closed: transport error"});
}

TEST_CASE("a poll whose connection goes away ends the session") {
    for (const bool resets : {false, true}) {
        EngineSite site;
        const std::string sid = site.open();
        net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
        resets ? pending.reset() : pending.close();
        site.site.network.run_until_idle();
        CHECK(site.log == Words{"session", "closed: transport error"});
        CHECK(status_of(site.ask("GET", EngineSite::polling(sid))) == 400);
    }
}

TEST_CASE("bad posts") {
    EngineSite site;
    SUBCASE("no packet: ok, and the session is over") {
        const std::string sid = site.open();
        net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
        CHECK(site.post(sid, "abc") == "ok");
        CHECK(body_of(pending.received()) == "1");
        CHECK(site.poll(sid) == R"({"code":1,"message":"Session ID unknown"})");
        CHECK(site.log == Words{"session", "closed: parse error"});
    }
    SUBCASE("octets: 400, and the session is over") {
        const std::string sid = site.open();
        const std::string answer =
            site.ask("POST", EngineSite::polling(sid), "4a", "Content-Type: Application/Octet-Stream; x=y\r\n");
        CHECK(status_of(answer) == 400);
        CHECK(body_of(answer).empty());
        CHECK(site.log == Words{"session", "closed: transport error"});
    }
    SUBCASE("a ping from the client") {
        CHECK(site.post(site.open(), "2") == "ok");
        CHECK(site.log == Words{"session", "closed: transport error"});
    }
    SUBCASE("a goodbye: the pending poll gets a noop") {
        const std::string sid = site.open();
        net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
        CHECK(site.post(sid, "1") == "ok");
        CHECK(body_of(pending.received()) == "6");
        CHECK(site.log == Words{"session", "closed: transport close"});
        CHECK(site.engine->session_count() == 0);
    }
    SUBCASE("another method: 500, and the session goes on") {
        const std::string sid = site.open();
        for (const std::string_view method : {"PUT", "DELETE", "OPTIONS"}) {
            const std::string answer = site.ask(method, EngineSite::polling(sid));
            CHECK(status_of(answer) == 500);
            CHECK(body_of(answer).empty());
        }
        CHECK(site.post(sid, "4a") == "ok");
    }
}

TEST_CASE("the program closes") {
    EngineSite site;
    const std::string sid = site.open();
    SUBCASE("with a poll pending and nothing sent: 1") {
        net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
        site.sessions.front()->close();
        site.site.network.run_until_idle();
        CHECK(body_of(pending.received()) == "1");
        CHECK(site.engine->session_count() == 0);
    }
    SUBCASE("behind something: that has a payload of its own, the next poll gets 6 and 1") {
        net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
        site.sessions.front()->send(engineio::packet_of({"last"}));
        site.sessions.front()->close();
        CHECK(site.log == Words{"session"});
        site.site.network.run_until_idle();
        CHECK(body_of(pending.received()) == "4last");
        CHECK(site.log == Words{"session", "closed: forced close"});
        CHECK(site.poll(sid) == "6\0361");
        CHECK(site.engine->session_count() == 0);
    }
    SUBCASE("without one: the next poll gets 6 and 1") {
        site.sessions.front()->close();
        site.site.network.run_until_idle();
        CHECK(site.log == Words{"session", "closed: forced close"});
        CHECK(site.post(sid, "4ignored") == "ok");
        CHECK(site.poll(sid) == "6\0361");
        CHECK(status_of(site.ask("GET", EngineSite::polling(sid))) == 400);
        CHECK(site.log.size() == 2);
    }
    SUBCASE("and nobody comes") {
        site.sessions.front()->close();
        site.pass(9'900ms);
        CHECK(site.engine->session_count() == 1);
        site.pass(200ms);
        CHECK(site.engine->session_count() == 0);
    }
    SUBCASE("and discards") {
        site.sessions.front()->close(true);
        site.site.network.run_until_idle();
        CHECK(site.engine->session_count() == 0);
    }
}

TEST_CASE("many clients poll, post and close on a network that cuts and delays") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        EngineSite site({}, seed, {});
        const std::string a = site.open();
        const std::string b = site.open();
        std::string expected;
        for (int i = 0; i < 20; ++i) {
            const std::string body = "4from a " + std::to_string(i);
            CHECK(site.post(a, body) == "ok");
            expected += (expected.empty() ? "" : "\036") + body;
        }
        CHECK(site.post(b, "bAQID") == "ok");
        CHECK(site.poll(a) == expected);
        CHECK(site.poll(b) == "bAQID");
        CHECK(site.post(b, "1") == "ok");
        CHECK(site.engine->session_count() == 1);
    }
}

}  // namespace
}  // namespace parley::engine
