// SPDX-License-Identifier: MIT
//
// Who waits for the end of an answer hears of it once, however that ends.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "parley/web/body_source.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

std::string text_of(const ResponseSummary& summary) {
    return std::to_string(summary.status) + " " + std::to_string(summary.body_bytes) +
           (summary.is_complete ? "" : " cut");
}

// A site whose middleware notes how each answer ends.
struct FinishSite : Site {
    explicit FinishSite(ApplicationOptions options = {}) : Site(options) {
        app.use([this](Request& request, Response response, Next next) {
            response.on_finish([this, &request](const ResponseSummary& summary) {
                ends.push_back(std::string(request.path()) + " " + text_of(summary));
            });
            next();
        });
    }
    std::vector<std::string> ends;
};

using Texts = std::vector<std::string>;

TEST_CASE("the end of an answer is told with its status and length") {
    FinishSite site;
    site.app.get("/text", [](Response response) { response.send("text"); });
    site.app.get("/none", [](Response response) { response.status(204).end(); });
    site.app.get("/throw", [](Response) { throw std::runtime_error("ouch"); });
    site.app.get("/lost", [](Response) {});
    for (const char* path : {"/text", "/none", "/throw", "/lost", "/missing"})
        site.get(path);
    site.ask("HEAD /text HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(site.ends ==
          Texts{"/text 200 4", "/none 204 0", "/throw 500 21", "/lost 500 21", "/missing 404 9", "/text 200 0"});
}

TEST_CASE(
    "handlers of the end are called in their order, behind the handler that answered, for each request of a row") {
    Site site;
    Texts order;
    site.app.get("/", [&](Response response) {
        response.on_finish([&] { order.emplace_back("first"); });
        response.on_finish([&](const ResponseSummary&) { order.emplace_back("second"); });
        response.send("x");
        response.on_finish([&] { order.emplace_back("too late"); });
        order.emplace_back("answered");
    });
    const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    CHECK(count(site.ask(request + request), "200 OK") == 2);
    CHECK(order == Texts{"answered", "first", "second", "answered", "first", "second"});
    order.clear();
    site.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(order == Texts{"answered", "first", "second"});
}

TEST_CASE("an answer that comes later, and one from a file, end when all of it was given out") {
    FinishSite site;
    std::vector<Response> kept;
    site.app.get("/later", [&](Response response) { kept.push_back(response); });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    CHECK(site.ends.empty());
    site.app.post([&] {
        kept.front().send("later");
        kept.clear();
        CHECK(site.ends.empty());
    });
    site.network.run_until_idle();
    CHECK(site.ends == Texts{"/later 200 5"});
}

// Octets that never end the patience of a test: produced a piece at a time.
class Produced : public BodySource {
 public:
    explicit Produced(std::size_t fail_after) : left_(fail_after) {}
    bool produce(std::size_t octets_max, Outbox& outbox) override {
        if (left_ == 0) return false;
        const std::size_t size = std::min(left_, octets_max);
        outbox.append(std::string(size, 'x'));
        left_ -= size;
        return true;
    }

 private:
    std::size_t left_;
};

TEST_CASE("an answer from a source ends with its last octet, or is cut with what was given out") {
    FinishSite site;
    constexpr std::size_t size = 1'000'000;
    site.app.get("/whole", [](Response response) { response.send_from(new Produced(size), size); });
    site.app.get("/short", [](Response response) { response.send_from(new Produced(size / 2), size); });
    site.app.get("/empty", [](Response response) { response.send_from(new Produced(0), size); });
    CHECK(body_of(site.get("/whole")).size() == size);
    CHECK(site.ends == Texts{"/whole 200 1000000"});
    site.get("/short");
    site.get("/empty");
    CHECK(site.ends == Texts{"/whole 200 1000000", "/short 200 500000 cut", "/empty 200 0 cut"});

    net::SimulatedPeer& slow = site.connect();
    slow.stop_reading();
    slow.send("GET /whole HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_for(1s);
    CHECK(site.ends.size() == 3);
    slow.reset();
    site.network.run_until_idle();
    REQUIRE(site.ends.size() == 4);
    CHECK(site.ends[3].ends_with(" cut"));
}

TEST_CASE("a peer that goes before its answer is told as no status, behind on_abort") {
    FinishSite site;
    std::vector<Response> kept;
    site.app.get("/held", [&](Response response) {
        response.on_abort([&] { site.ends.emplace_back("abort"); });
        kept.push_back(response);
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    peer.reset();
    site.network.run_until_idle();
    CHECK(site.ends == Texts{"abort", "/held 0 0 cut"});
    kept.clear();
    CHECK(site.ends.size() == 2);
}

TEST_CASE("a response that only handlers of the end own is answered 500, and then let go") {
    Site site;
    Texts ends;
    auto owned = std::make_shared<int>(0);
    const std::weak_ptr<int> watch = owned;
    site.app.get("/finish", [&](Response response) {
        response.on_finish([response, owned, &ends](const ResponseSummary& summary) {
            CHECK_FALSE(response.is_open());
            ends.push_back(text_of(summary));
        });
        response.on_finish([response, &ends] { ends.emplace_back("second"); });
    });
    site.app.get("/both", [&](Response response) {
        response.on_abort([response, &ends] { ends.emplace_back("abort"); });
        response.on_finish(
            [response, owned, &ends](const ResponseSummary& summary) { ends.push_back(text_of(summary)); });
    });
    site.app.get("/answered", [&](Response response) {
        response.on_finish(
            [response, owned, &ends](const ResponseSummary& summary) { ends.push_back(text_of(summary)); });
        response.send("x");
    });
    CHECK(status_of(site.get("/finish")) == 500);
    CHECK(ends == Texts{"500 21", "second"});
    CHECK(status_of(site.get("/both")) == 500);
    CHECK(ends == Texts{"500 21", "second", "500 21"});
    CHECK(site.failures.size() == 2);
    CHECK(body_of(site.get("/answered")) == "x");
    CHECK(owned.use_count() == 1);
}

TEST_CASE("a lost response that handlers of the end own may be kept by an error handler") {
    Site site;
    Texts ends;
    std::vector<Response> kept;
    site.app.use([&](const HandlerFailure&, Request&, Response response) { kept.push_back(response); });
    site.app.get("/", [&](Response response) {
        response.on_finish([response, &ends](const ResponseSummary& summary) { ends.push_back(text_of(summary)); });
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    CHECK(peer.received().empty());
    REQUIRE(kept.size() == 1);
    kept.front().send("kept");
    kept.clear();
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "kept");
    CHECK(ends == Texts{"500 4"});
    peer.received().clear();
    peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    kept.clear();  // forgotten again: the plain one
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "Internal Server Error");
    CHECK(ends == Texts{"500 4", "500 21"});
}

TEST_CASE("a handler of the end that throws is reported, and the others are called") {
    FinishSite site;
    site.app.get("/", [](Response response) {
        response.on_finish([] { throw std::runtime_error("ouch"); });
        response.on_finish([response](const ResponseSummary&) { response.send("again"); });
        response.send("x");
    });
    const std::string answer = site.get("/");
    CHECK(body_of(answer) == "x");
    CHECK(site.ends == Texts{"/ 200 1"});
    CHECK(site.failures == Texts{"on_finish: ouch"});
}

TEST_CASE("a handler of the end may destroy the application, and then no other is called") {
    for (const bool is_kept : {false, true}) {
        net::SimulatedNetwork network(1, smooth);
        std::optional<Application> app(std::in_place, network.loop());
        app->listen({.port = 80, .host = {}});
        int calls = 0;
        app->get("/", [&](Response response) {
            response.on_finish([&] {
                ++calls;
                app.reset();
            });
            response.on_finish([&, response] { ++calls; });
            if (is_kept) {
                app->post([response] { response.send("later"); });
            } else {
                response.send("now");
            }
        });
        network.connect(80).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        network.run_until_idle();
        CHECK(calls == 1);
        CHECK_FALSE(app);
    }
}

TEST_CASE("who waits for the end hears that the application ends, and goes with it") {
    auto owned = std::make_shared<int>(0);
    std::vector<Response> kept;
    Texts ends;
    {
        Site site;
        site.app.get("/", [&](Response response) {
            response.on_finish(
                [owned, response, &ends](const ResponseSummary& summary) { ends.push_back(text_of(summary)); });
            kept.push_back(response);
        });
        net::SimulatedPeer& peer = site.connect();
        peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        site.network.run_until_idle();
        REQUIRE(kept.size() == 1);
        CHECK(owned.use_count() > 1);
    }
    CHECK(ends == Texts{"0 0 cut"});
    kept.clear();
    CHECK(owned.use_count() == 1);
}

}  // namespace
}  // namespace parley::web::test
