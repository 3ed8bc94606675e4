// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/net/turn_task.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

constexpr std::string_view simple_get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// A site whose `/` says hello, whose `/echo` sends a body back, and whose `/hold` keeps its responses.
struct Held : Site {
    explicit Held(const ApplicationOptions& options = {}, std::uint64_t seed = 1,
                  const net::SimulatedNetworkOptions& network_options = smooth)
        : Site(options, seed, network_options) {
        app.get("/", [](Response response) { response.send("hello"); });
        app.post("/echo",
                 [](Request& request, Response response) { response.type("text/plain").send(request.body()); });
        app.get("/hold", [this](Request& request, Response response) {
            requests.push_back(&request);
            response.on_abort([this] { ++aborted; });
            held.push_back(response);
        });
    }

    std::vector<Response> held;
    std::vector<Request*> requests;
    int aborted = 0;
};

TEST_CASE("an answer carries its length, the date and nosniff, and keeps the connection") {
    Held site;
    net::SimulatedPeer& peer = site.connect();
    peer.send(simple_get);
    site.network.run_until_idle();
    CHECK(peer.received().starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(has_line(peer.received(), "Content-Length: 5"));
    CHECK(has_line(peer.received(), "X-Content-Type-Options: nosniff"));
    CHECK(has_line(peer.received(), "Content-Type: text/html; charset=utf-8"));
    CHECK(count(peer.received(), "\r\nDate: ") == 1);
    CHECK(count(peer.received(), "Connection: keep-alive\r\nKeep-Alive: timeout=75\r\n") == 1);
    CHECK_FALSE(peer.is_closed());
    peer.received().clear();
    peer.send(simple_get);
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "hello");
}

TEST_CASE("Connection: close and HTTP/1.0 end the connection after the answer") {
    Held site;
    for (const char* request : {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
        net::SimulatedPeer& peer = site.connect();
        peer.send(request + std::string(simple_get));
        site.network.run_until_idle();
        CHECK(count(peer.received(), "HTTP/1.1 200 OK") == 1);
        CHECK(has_line(peer.received(), "Connection: close"));
        CHECK(peer.is_ended());
    }
    const std::string kept = site.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(has_line(kept, "Connection: keep-alive"));
}

TEST_CASE("what is no request is refused, and nothing behind it is read") {
    Held site;
    const auto refused = [&](std::string_view octets) {
        net::SimulatedPeer& peer = site.connect();
        peer.send(octets);
        peer.send(simple_get);
        site.network.run_until_idle();
        CHECK(count(peer.received(), "HTTP/1.1") == 1);
        CHECK(peer.is_ended());
        return status_of(peer.received());
    };
    CHECK(refused("GET / HTTP/1.1\r\n\r\n") == 400);
    CHECK(refused("\x16\x03\x01\x02\r\n\r\n") == 400);
    CHECK(refused("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414);
    CHECK(refused("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17'000, 'a') + "\r\n\r\n") == 431);
    CHECK(refused("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
    CHECK(refused("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n") >= 400);
}

TEST_CASE("a body of any framing, however cut, reaches the handler whole") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Held site({}, seed, {});
        net::SimulatedPeer& peer = site.connect();
        const std::string body(20'000, static_cast<char>('a' + seed));
        peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n" + body);
        peer.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        site.network.run_until_idle();
        CHECK(peer.received().find("\r\n\r\n" + body + "HTTP/1.1 200 OK\r\n") != std::string::npos);
        CHECK(peer.received().ends_with("\r\n\r\nabcde"));
    }
}

TEST_CASE("a body above the limit is 413 before it is read, one at the limit is taken") {
    Held site({.body_bytes_max = 10});
    const auto post = [&](int length, std::string_view body) {
        return status_of(site.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) +
                                  "\r\n\r\n" + std::string(body)));
    };
    CHECK(post(9, "123456789") == 200);
    CHECK(post(10, "1234567890") == 200);
    CHECK(post(11, "") == 413);
    CHECK(status_of(site.ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901")) ==
          413);
}

TEST_CASE("a long body that nobody would read is not waited for: the answer comes at once and ends the connection") {
    Held site;
    const auto begin_post = [&](std::string_view path, int length) -> net::SimulatedPeer& {
        net::SimulatedPeer& peer = site.connect();
        peer.send("POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " +
                  std::to_string(length) + "\r\n\r\n");
        peer.send(std::string(100, 'x'));
        site.network.run_for(1s);
        return peer;
    };
    CHECK(begin_post("/echo", 500'000).received() == "HTTP/1.1 100 Continue\r\n\r\n");
    net::SimulatedPeer& unrouted = begin_post("/nope", 500'000);
    CHECK(status_of(unrouted.received()) == 404);
    CHECK(has_line(unrouted.received(), "Connection: close"));
    CHECK(unrouted.is_closed());

    // A short one is read, and the connection goes on.
    net::SimulatedPeer& brief = site.connect();
    brief.send("POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + std::string(simple_get));
    site.network.run_until_idle();
    CHECK(status_of(brief.received()) == 404);
    CHECK(brief.received().ends_with("hello"));

    // One in chunks does not say how long it is: it must be well-formed, and short.
    const auto post_chunks = [&](std::string_view chunks) {
        return site.ask("POST /nope HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks));
    };
    CHECK(status_of(post_chunks("3\r\nabc\r\n0\r\n\r\n")) == 404);
    CHECK(status_of(post_chunks("0x3\r\nabc\r\n0\r\n\r\n")) == 400);
    CHECK(status_of(post_chunks("1001\r\n" + std::string(100, 'x'))) == 413);

    // Whoever sees every request may read every body.
    site.app.use([](Request&, Response, Next next) { next(); });
    CHECK(begin_post("/nope", 500'000).received() == "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_CASE("a connection has one share of requests in a turn, also where answers come at the end of the turn") {
    for (const bool is_late : {false, true}) {
        Held site;
        int handled = 0;
        std::vector<Response> waiting;
        net::TurnTask answer(site.network.loop(), [&] {
            for (const Response& response : std::exchange(waiting, {}))
                response.send("late");
        });
        site.app.get("/count", [&](Response response) {
            ++handled;
            if (!is_late) {
                response.send("now");
                return;
            }
            waiting.push_back(response);
            answer.schedule();
        });
        std::string requests;
        for (int i = 0; i < 200; ++i)
            requests += "GET /count HTTP/1.1\r\nHost: a\r\n\r\n";
        site.connect().send(requests);
        int most = 0;
        while (handled < 200) {
            const int before = handled;
            REQUIRE(site.network.loop().run_turn(site.network.loop().now() + 1s));
            most = std::max(most, handled - before);
        }
        CHECK(most == 16);
    }
}

TEST_CASE("100-continue invites a body that will be read, and no other") {
    Held site({.body_bytes_max = 10});
    net::SimulatedPeer& peer = site.connect();
    peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    site.network.run_until_idle();
    CHECK(peer.received() == "HTTP/1.1 100 Continue\r\n\r\n");
    peer.received().clear();
    peer.send("abc");
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "abc");

    const std::string refused =
        site.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
    CHECK(status_of(refused) == 413);
}

TEST_CASE("pipelined requests are answered in their order, one held up by the one before") {
    Held site;
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nlast");
    site.network.run_until_idle();
    REQUIRE(site.held.size() == 1);
    CHECK(peer.received() == "");
    CHECK(site.requests[0]->path() == "/hold");
    site.held[0].send("first");
    CHECK_FALSE(site.held[0].is_open());
    site.held[0].send("again");
    site.network.run_until_idle();
    CHECK(count(peer.received(), "HTTP/1.1 200 OK") == 3);
    const std::size_t first = peer.received().find("\r\n\r\nfirst");
    const std::size_t second = peer.received().find("\r\n\r\nhello");
    CHECK(first < second);
    CHECK(second < peer.received().find("\r\n\r\nlast"));
}

TEST_CASE("10,000 pipelined requests are all answered, and others are not held up meanwhile") {
    Held site({}, 7, {.cut = true, .delay = true});
    net::SimulatedPeer& peer = site.connect();
    std::string requests;
    for (int i = 0; i < 10'000; ++i)
        requests += simple_get;
    peer.send(requests);
    site.network.run_for(20ms);
    CHECK(count(peer.received(), "HTTP/1.1 200 OK") < 10'000);
    net::SimulatedPeer& other = site.connect();
    other.send(simple_get);
    site.network.run_for(50ms);
    CHECK(body_of(other.received()) == "hello");
    site.network.run_until_idle();
    CHECK(count(peer.received(), "HTTP/1.1 200 OK") == 10'000);
    CHECK_FALSE(peer.is_closed());
}

TEST_CASE("while an answer is due only a bounded part of what follows is taken") {
    Held site;
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    std::string requests;
    for (int i = 0; i < 40'000; ++i)
        requests += simple_get;  // far more than the window of the network
    peer.send(requests);
    site.network.run_until_idle();
    REQUIRE(site.held.size() == 1);
    CHECK(requests.size() - peer.unsent() < 200 * 1024);  // the window, one receive, and what is kept
    site.held[0].send("now");
    site.network.run_until_idle();
    CHECK(count(peer.received(), "HTTP/1.1 200 OK") == 40'001);
}

TEST_CASE("a client that stops reading stops the handling of its requests, and is cut off when it takes nothing") {
    ApplicationOptions options;
    options.body_bytes_max = 100'000;
    Held site(options);
    int handled = 0;
    site.app.get("/big", [&](Response response) {
        ++handled;
        response.send(std::string(50'000, 'x'));
    });
    net::SimulatedPeer& peer = site.connect();
    peer.stop_reading();
    std::string requests;
    for (int i = 0; i < 1000; ++i)
        requests += "GET /big HTTP/1.1\r\nHost: a\r\n\r\n";
    peer.send(requests);
    site.network.run_for(1s);
    CHECK(handled < 10);
    CHECK_FALSE(peer.is_closed());
    site.network.run_for(16s);
    peer.resume_reading();
    site.network.run_for(1s);
    CHECK(peer.is_closed());
    CHECK(handled < 10);
}

TEST_CASE("a client that takes an answer drop by drop is cut off, whether the connection would go on or not") {
    for (const bool goes_on : {true, false}) {
        Held site({}, 1, {.cut = false, .delay = false, .window_bytes = 2'000});
        site.app.get("/big", [&](Response response) { response.send(std::string(5'000'000, 'x')); });
        net::SimulatedPeer& peer = site.connect();
        peer.stop_reading();
        peer.send(std::string("GET /big HTTP/1.1\r\nHost: a\r\n") + (goes_on ? "" : "Connection: close\r\n") + "\r\n");
        CHECK(seconds_until_cut(site.network, peer) < 100);
    }
}

TEST_CASE("a client that reads slowly gets everything") {
    Held site;
    site.app.get("/big", [&](Response response) { response.send(std::string(500'000, 'x')); });
    net::SimulatedPeer& peer = site.connect();
    peer.stop_reading();
    peer.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    for (int i = 0; i < 20; ++i) {
        site.network.run_for(8s);
        peer.resume_reading();
        site.network.run_for(1ms);
        peer.stop_reading();
    }
    peer.resume_reading();
    site.network.run_for(1s);
    CHECK(body_of(peer.received()).size() == 500'000);
}

TEST_CASE("a head that does not come is 408 after ten seconds, however slowly octets drip") {
    Held site;
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 3; ++i) {
        site.network.run_for(3s);
        peer.send("X: y\r\n");
        CHECK_FALSE(peer.is_closed());
    }
    site.network.run_for(1100ms);
    CHECK(status_of(peer.received()) == 408);
    CHECK(peer.is_ended());

    net::SimulatedPeer& silent = site.connect();
    site.network.run_for(9s);
    CHECK_FALSE(silent.is_closed());
    site.network.run_for(2s);
    CHECK(silent.is_ended());
    CHECK(silent.received() == "");
}

TEST_CASE("the second head of a connection has its own ten seconds") {
    Held site;
    net::SimulatedPeer& peer = site.connect();
    peer.send(simple_get);
    site.network.run_for(8s);
    peer.received().clear();
    peer.send("GET / HT");
    site.network.run_for(9s);
    CHECK_FALSE(peer.is_closed());
    site.network.run_for(2s);
    CHECK(status_of(peer.received()) == 408);
}

TEST_CASE("a body must come at a pace") {
    Held site;
    net::SimulatedPeer& slow = site.connect();
    slow.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");
    site.network.run_for(9900ms);
    CHECK_FALSE(slow.is_closed());
    site.network.run_for(300ms);
    CHECK(status_of(slow.received()) == 408);
    CHECK(slow.is_ended());

    net::SimulatedPeer& steady = site.connect();
    steady.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 20; ++i) {
        steady.send(std::string(5000, 'a'));
        site.network.run_for(1s);
    }
    CHECK(status_of(steady.received()) == 200);
}

TEST_CASE("an idle connection is closed, one that waits for its answer is not") {
    Held site;
    net::SimulatedPeer& idle = site.connect();
    idle.send(simple_get);
    net::SimulatedPeer& waiting = site.connect();
    waiting.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_for(75'900ms);
    CHECK_FALSE(idle.is_closed());
    site.network.run_for(300ms);
    CHECK(idle.is_ended());
    site.network.run_for(std::chrono::hours(1));
    CHECK_FALSE(waiting.is_closed());
    site.held[0].send("at last");
    site.network.run_for(1s);
    CHECK(body_of(waiting.received()) == "at last");
}

TEST_CASE("who hangs up while an answer is due is reported, and the response stays harmless") {
    Held site;
    for (int how = 0; how < 3; ++how) {
        net::SimulatedPeer& peer = site.connect();
        peer.send("GET /hold HTTP/1.1\r\nHost: a\r\nX-Who: me\r\n\r\n");
        site.network.run_until_idle();
        CHECK(site.held.back().is_open());
        if (how == 0) peer.end();
        if (how == 1) peer.close();
        if (how == 2) peer.reset();
        site.network.run_for(100ms);
        CHECK(site.aborted == how + 1);
        const Response& response = site.held.back();
        CHECK_FALSE(response.is_open());
        response.status(201).set("A", "b").send("too late");
        CHECK(site.requests.back()->path() == "/hold");
        CHECK(site.requests.back()->header("x-who") == "me");
    }
    CHECK(site.aborted == 3);
}

TEST_CASE("who ends its side after its requests gets the answers that are there") {
    Held site;
    net::SimulatedPeer& peer = site.connect();
    peer.send(std::string(simple_get) + std::string(simple_get));
    peer.end();
    site.network.run_until_idle();
    CHECK(count(peer.received(), "HTTP/1.1 200 OK") == 2);
    CHECK(peer.is_ended());

    net::SimulatedPeer& partial = site.connect();
    partial.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    partial.end();
    site.network.run_until_idle();
    CHECK(partial.is_ended());
    CHECK(status_of(partial.received()) == 400);
}

TEST_CASE("an abort handler may hold the response, and neither leaks nor is called after the answer") {
    Held site;
    auto token = std::make_shared<int>();
    site.app.get("/self", [&](Response response) { response.on_abort([response, token] { response.send("no"); }); });
    site.app.get("/done", [&](Response response) {
        response.on_abort([response, token] { response.send("no"); });
        response.send("done");
    });
    std::optional<Response> kept;
    site.app.get("/kept", [&](Response response) {
        response.on_abort([response, token] { response.send("no"); });
        kept = response;
    });
    CHECK(status_of(site.get("/self")) == 500);
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /kept HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    CHECK(token.use_count() == 2);
    peer.reset();
    site.network.run_for(100ms);
    CHECK(body_of(site.get("/done")) == "done");
    CHECK(token.use_count() == 1);
}

TEST_CASE("an abort handler that comes behind the answer is not kept") {
    Held site;
    const auto kept = std::make_shared<int>();
    std::optional<Response> answered;
    site.app.get("/late", [&](Response response) {
        response.send("done");
        response.on_abort([kept] { ++*kept; });
        answered = response;
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    CHECK(kept.use_count() == 1);
    peer.reset();
    site.network.run_until_idle();
    CHECK(*kept == 0);
}

TEST_CASE("the date of an answer is that of its second") {
    Held site;
    const auto date = [&] {
        const std::string answer = site.get("/");
        const std::size_t at = answer.find("\r\nDate: ");
        REQUIRE(at != std::string::npos);
        return answer.substr(at + 8, 29);
    };
    const std::string first = date();
    site.network.run_for(1s);
    const std::string second = date();
    CHECK(first != second);
    CHECK(second.ends_with(" GMT"));
}

TEST_CASE("a response that is dropped unanswered is answered 500 and reported") {
    Held site;
    std::optional<Response> kept;
    site.app.get("/forget", [](Response) {});
    site.app.get("/forget-later", [&](Response response) { kept = response; });
    CHECK(status_of(site.get("/forget")) == 500);
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /forget-later HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    CHECK(peer.received() == "");
    kept.reset();
    site.network.run_until_idle();
    CHECK(status_of(peer.received()) == 500);
    CHECK(site.failures.size() == 2);
    CHECK(site.failures[0].starts_with("GET /forget: no answer was sent"));
}

TEST_CASE("a header that HTTP cannot carry is left out and reported") {
    Held site;
    site.app.get("/h", [](Response response) {
        response.set("X-Ok", "1").set("X-Bad", "a\r\nSet-Cookie: b").set("Bad Name", "c").set("Content-Length", "99");
        response.append("Set-Cookie", "a=1").append("Set-Cookie", "b=2").send("body");
    });
    const std::string answer = site.get("/h");
    CHECK(has_line(answer, "X-Ok: 1"));
    CHECK(count(answer, "X-Bad") == 0);
    CHECK(has_line(answer, "Content-Length: 4"));
    CHECK(count(answer, "Set-Cookie: ") == 2);
    CHECK(site.failures.size() == 3);
}

TEST_CASE("a header that every answer has may be set, and nothing is reported") {
    Held site;
    site.app.get("/h", [](Response response) { response.set("X-Content-Type-Options", "nosniff").send("body"); });
    CHECK(count(site.get("/h"), "X-Content-Type-Options: nosniff") == 1);
    CHECK(site.failures.empty());
}

TEST_CASE("the senders set type and status") {
    Held site;
    site.app.get("/json", [](Response response) { response.status(201).send_json_text("[1]"); });
    site.app.get("/status", [](Response response) { response.send_status(404); });
    site.app.get("/redirect", [](Response response) { response.redirect("/there"); });
    site.app.get("/end", [](Response response) { response.status(204).end(); });
    site.app.get("/shared", [](Response response) { response.send(SharedBuffer(std::string(5000, 's'))); });

    const std::string json = site.get("/json");
    CHECK(status_of(json) == 201);
    CHECK(has_line(json, "Content-Type: application/json; charset=utf-8"));
    CHECK(body_of(json) == "[1]");
    CHECK(body_of(site.get("/status")) == "Not Found");
    CHECK(status_of(site.get("/redirect")) == 302);
    CHECK(has_line(site.get("/redirect"), "Location: /there"));
    const std::string ended = site.get("/end");
    CHECK(status_of(ended) == 204);
    CHECK(count(ended, "Content-Length") == 0);
    CHECK(body_of(site.get("/shared")).size() == 5000);
}

TEST_CASE("connections beyond the maximum are turned away") {
    Held site({.connections_max = 2});
    net::SimulatedPeer& first = site.connect();
    net::SimulatedPeer& second = site.connect();
    site.network.run_until_idle();
    net::SimulatedPeer& third = site.connect();
    site.network.run_until_idle();
    CHECK(third.is_closed());
    CHECK(third.received().starts_with("HTTP/1.1 503 "));
    first.reset();
    site.network.run_until_idle();
    CHECK(body_of(site.ask(simple_get)) == "hello");
    CHECK_FALSE(second.is_closed());
}

TEST_CASE("a peer may vanish at every moment of its requests") {
    const std::string script =
        "GET /hold HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd";
    for (std::size_t cut = 0; cut <= script.size(); ++cut) {
        for (const bool resets : {false, true}) {
            Held site;
            net::SimulatedPeer& peer = site.connect();
            peer.send(script.substr(0, cut));
            site.network.run_until_idle();
            if (!site.held.empty() && cut % 2 == 0) site.held[0].send("answer");
            if (resets) {
                peer.reset();
            } else {
                peer.close();
            }
            site.network.run_for(30s);
            CHECK(body_of(site.ask(simple_get)) == "hello");
            CHECK(site.failures.empty());
        }
    }
}

}  // namespace
}  // namespace parley::web::test
