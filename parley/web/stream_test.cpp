// SPDX-License-Identifier: MIT
//
// Answers that are written a part at a time.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

using Texts = std::vector<std::string>;
constexpr std::string_view get_root = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_CASE("what is written leaves in chunks, and the connection goes on behind the end") {
    Site site;
    site.app.get("/", [](Response response) {
        CHECK(response.status(201).set("X-A", "a").write("one"));
        CHECK(response.write(""));
        CHECK(response.write(std::string(20, 'x')));
        CHECK(response.is_open());
        response.end();
        CHECK_FALSE(response.is_open());
        CHECK_FALSE(response.write("late"));
    });
    site.app.get("/next", [](Response response) { response.send("next"); });
    const std::string answers = site.ask(std::string(get_root) + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(status_of(answers) == 201);
    CHECK(has_line(answers, "X-A: a"));
    CHECK(has_line(answers, "Transfer-Encoding: chunked"));
    CHECK(has_line(answers, "Content-Type: text/html; charset=utf-8"));
    CHECK(count(answers, "Content-Length") == 1);  // the other answer's
    CHECK(answers.find("\r\n\r\n3\r\none\r\n14\r\nxxxxxxxxxxxxxxxxxxxx\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n") !=
          std::string::npos);
    CHECK(answers.ends_with("next"));
}

TEST_CASE("parts leave as they are written, from other turns as well") {
    Site site;
    std::vector<Response> kept;
    site.app.get("/", [&](Response response) {
        response.write("first");
        kept.push_back(response);
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send(get_root);
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "5\r\nfirst\r\n");
    site.app.post([&] { kept.front().write("second"); });
    site.network.run_for(60s);  // as long as it takes
    CHECK(body_of(peer.received()) == "5\r\nfirst\r\n6\r\nsecond\r\n");
    site.app.post([&] { kept.front().end(); });
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n");
    kept.clear();
    CHECK(site.failures.empty());
}

TEST_CASE("an HTTP/1.0 peer gets the parts as they are, up to the end of the connection") {
    Site site;
    site.app.get("/", [](Response response) {
        response.write("one");
        response.write("two");
        response.end();
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "onetwo");
    CHECK(has_line(peer.received(), "Connection: close"));
    CHECK(count(peer.received(), "Transfer-Encoding") == 0);
    CHECK(count(peer.received(), "Content-Length") == 0);
    CHECK(peer.is_closed());
}

TEST_CASE("to HEAD, and under a status without a body, the head is all") {
    Site site;
    site.app.get("/", [](Response response) {
        CHECK(response.write("one"));
        CHECK_FALSE(response.is_open());
        CHECK_FALSE(response.write("two"));
    });
    site.app.get("/204", [](Response response) { response.status(204).write("one"); });
    const std::string answers = site.ask(
        "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET /204 HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(count(answers, "HTTP/1.1 200 OK\r\n") == 2);
    CHECK(count(answers, "HTTP/1.1 204 No Content\r\n") == 1);
    CHECK(count(answers, "one") == 0);
    CHECK(answers.ends_with("\r\n\r\n"));
    CHECK(site.failures.empty());
}

TEST_CASE("a peer that reads nothing is given so much and no more, and what it takes makes room") {
    constexpr std::size_t part = 1000;
    Site site({.answer_bytes_waiting_max = 100 * part});
    std::vector<Response> kept;
    std::size_t written = 0;
    const auto fill = [&] {
        while (kept.front().write(std::string(part, 'x')))
            ++written;
    };
    site.app.get("/", [&](Response response) {
        kept.push_back(response);
        fill();
        CHECK(written >= 99);
        CHECK(written <= 200);  // what the system took at once is beside it
        CHECK(response.waiting_bytes() >= 100 * part);
        CHECK(response.waiting_bytes() < 102 * part);
        response.on_drain([&] {
            CHECK(kept.front().waiting_bytes() == 0);
            if (written < 1000) return fill();
            kept.front().end();
            kept.clear();
        });
    });
    net::SimulatedPeer& peer = site.connect();
    peer.stop_reading();
    peer.send(get_root);
    site.network.run_for(1s);
    const std::size_t before = written;
    CHECK(before < 1000);
    peer.resume_reading();
    site.network.run_until_idle();
    CHECK(written >= 1000);
    CHECK(kept.empty());
    CHECK(count(peer.received(), std::string(part, 'x')) == written);
    CHECK(peer.received().ends_with("\r\n0\r\n\r\n"));
    CHECK(site.failures.empty());
}

TEST_CASE("on_drain alone may hold the answer, and pulls it from the first part to the end") {
    Site site;
    auto owned = std::make_shared<int>(0);
    site.app.get("/", [&](Response response) {
        response.on_drain([response, owned, parts = 0]() mutable {
            if (++parts > 3) return response.end();
            response.write(std::to_string(parts));
        });
    });
    const std::string answer = site.ask(std::string(get_root) + std::string(get_root));
    CHECK(count(answer, "1\r\n1\r\n1\r\n2\r\n1\r\n3\r\n0\r\n\r\n") == 2);
    CHECK(owned.use_count() == 1);
    CHECK(site.failures.empty());
}

TEST_CASE("on_drain may be replaced by itself, and goes with a peer that goes") {
    Site site;
    Texts calls;
    auto owned = std::make_shared<int>(0);
    site.app.get("/", [&](Response response) {
        response.on_drain([&, response] {
            calls.emplace_back("first");
            response.on_drain([&, response, owned] { calls.emplace_back("second"); });
            response.write("x");
        });
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send(get_root);
    site.network.run_until_idle();
    REQUIRE(calls.size() >= 2);
    CHECK(calls[0] == "first");
    CHECK(calls[1] == "second");
    CHECK(owned.use_count() > 1);
    peer.reset();
    site.network.run_until_idle();
    CHECK(owned.use_count() == 1);
    CHECK(site.failures.empty());
}

TEST_CASE("an on_drain that throws, and a handler that fails behind a part, cut the connection") {
    Site site;
    site.app.get("/drain", [](Response response) {
        response.on_drain([response, is_first = true]() mutable {
            if (!std::exchange(is_first, false)) throw std::runtime_error("ouch");
            response.write("part");
        });
    });
    site.app.get("/throw", [](Response response) {
        response.write("part");
        throw std::runtime_error("late");
    });
    site.app.use([](const HandlerFailure&, Request&, Response) { FAIL("asked for what cannot be taken back"); });
    for (const char* path : {"/drain", "/throw"}) {
        net::SimulatedPeer& peer = site.connect();
        peer.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        site.network.run_until_idle();
        CHECK(peer.is_closed());
        CHECK(count(peer.received(), "0\r\n\r\n") == 0);
    }
    CHECK(site.failures == Texts{"on_drain: ouch", "GET /throw: late"});
}

TEST_CASE("a response that is lost behind a part cuts the connection, and is reported") {
    Site site;
    Texts ends;
    std::vector<Response> kept;
    site.app.get("/", [&](Response response) {
        response.on_finish([&](const ResponseSummary& summary) {
            ends.push_back(std::to_string(summary.body_bytes) + (summary.is_complete ? "" : " cut"));
        });
        response.write("part");
        kept.push_back(response);
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send(get_root);
    site.network.run_until_idle();
    site.app.post([&] { kept.clear(); });
    site.network.run_until_idle();
    CHECK(peer.is_closed());
    CHECK(body_of(peer.received()) == "4\r\npart\r\n");
    CHECK(site.failures == Texts{"GET /: the answer was not ended, and no copy of the Response is left"});
    CHECK(ends == Texts{"4 cut"});
}

TEST_CASE("an answer behind a part comes too late: it is reported, and cuts the connection") {
    Site site;
    site.app.get("/send", [](Response response) {
        response.write("part");
        response.send("whole");
        CHECK_FALSE(response.is_open());
    });
    site.app.get("/json", [](Response response) {
        response.write("part");
        response.json(1);
    });
    site.app.get("/file", [](Response response) {
        response.write("part");
        response.send_file("/nowhere");
    });
    site.app.use("/next", [](Request&, Response response, Next next) {
        response.write("part");
        next();
    });
    for (const char* path : {"/send", "/json", "/file", "/next"}) {
        net::SimulatedPeer& peer = site.connect();
        peer.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        site.network.run_until_idle();
        CHECK(peer.is_closed());
        CHECK(count(peer.received(), "0\r\n\r\n") == 0);
        REQUIRE_FALSE(site.failures.empty());
        CHECK(site.failures.back() ==
              "GET " + std::string(path) +
                  ": an answer was sent behind a part that was written: the connection was cut");
    }
}

TEST_CASE("a status or a header behind a part is reported, and the answer goes on") {
    Site site;
    site.app.get("/", [](Response response) {
        response.write("part");
        response.status(404).set("X-A", "a").append("X-B", "b").cookie("c", "d");
        response.end();
    });
    CHECK(body_of(site.get("/")) == "4\r\npart\r\n0\r\n\r\n");
    CHECK(site.failures == Texts{"GET /: the status 404 came behind the head",
                                 "GET /: the response header 'X-A' came behind the head",
                                 "GET /: the response header 'X-B' came behind the head",
                                 "GET /: the response header 'Set-Cookie' came behind the head"});
}

TEST_CASE("the end of what was written is told with its octets, and to a peer that goes on_abort") {
    Site site;
    Texts ends;
    std::vector<Response> kept;
    site.app.get("/", [&](Response response) {
        response.on_abort([&] { ends.emplace_back("abort"); });
        response.on_finish([&](const ResponseSummary& summary) {
            ends.push_back(std::to_string(summary.status) + " " + std::to_string(summary.body_bytes) +
                           (summary.is_complete ? "" : " cut"));
        });
        response.write("four");
        response.write("more");
        kept.push_back(response);
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send(get_root);
    site.network.run_until_idle();
    site.app.post([&] { kept.front().end(); });
    site.network.run_until_idle();
    CHECK(ends == Texts{"200 8"});
    peer.send(get_root);
    site.network.run_until_idle();
    peer.reset();
    site.network.run_until_idle();
    CHECK(ends == Texts{"200 8", "abort", "200 8 cut"});
    CHECK_FALSE(kept.back().write("late"));
    kept.clear();
    CHECK(site.failures.empty());
}

TEST_CASE("a peer that takes nothing of what was written is cut off, one that has taken all is not") {
    Site site;
    std::vector<Response> kept;
    site.app.get("/", [&](Response response) {
        kept.push_back(response);
        response.write(std::string(900'000, 'x'));
    });
    net::SimulatedPeer& idle = site.connect();
    idle.send(get_root);
    net::SimulatedPeer& stuck = site.connect();
    stuck.stop_reading();
    stuck.send(get_root);
    site.network.run_for(600s);
    REQUIRE(kept.size() == 2);
    CHECK(kept[0].is_open());
    CHECK_FALSE(kept[1].is_open());
    CHECK_FALSE(idle.is_closed());
    kept.clear();
    site.network.run_until_idle();
}

TEST_CASE("a stop waits for what is being written, for as long as it waits for answers") {
    Site site({.shutdown_timeout = 5000ms});
    std::vector<Response> kept;
    site.app.get("/", [&](Response response) {
        kept.push_back(response);
        response.write("part");
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send(get_root);
    site.network.run_until_idle();
    site.app.stop();
    site.network.run_for(1s);
    site.app.post([&] { kept.front().end(); });
    site.network.run_for(1s);
    CHECK(body_of(peer.received()) == "4\r\npart\r\n0\r\n\r\n");
    CHECK(peer.is_closed());
}

TEST_CASE("on_drain may destroy the application") {
    net::SimulatedNetwork network(1, smooth);
    std::optional<Application> app(std::in_place, network.loop());
    app->listen({.port = 80, .host = {}});
    int calls = 0;
    app->get("/", [&](Response response) {
        response.on_drain([&, response] {
            ++calls;
            response.write("x");
            app.reset();
        });
    });
    network.connect(80).send(get_root);
    network.run_until_idle();
    CHECK(calls == 1);
    CHECK_FALSE(app);
}

}  // namespace
}  // namespace parley::web::test
