// SPDX-License-Identifier: MIT
#include "parley/web/upload.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "parley/web/http_error.hpp"
#include "parley/web/router.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

std::string head_of(std::string_view target, std::string_view headers) {
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

std::string post(std::string_view target, std::string_view body, std::string_view headers = {}) {
    return head_of(target, std::string(headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n") +
           std::string(body);
}

std::string in_chunks(std::string_view body, std::size_t size, std::string_view trailers = {}) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string octets;
    for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
        const std::size_t length = std::min(size, body.size());
        octets.append({digits[length / 16 % 16], digits[length % 16]}).append("\r\n").append(body.substr(0, length));
        octets += "\r\n";
    }
    return octets.append("0\r\n").append(trailers).append("\r\n");
}

/// `/upload` takes bodies in pieces, counts them and answers with them; what happens to one stands in `told`.
struct UploadSite : Site {
    explicit UploadSite(ApplicationOptions options = {}, std::uint64_t seed = 1,
                        const net::SimulatedNetworkOptions& network_options = smooth)
        : Site(options, seed, network_options) {
        app.post("/upload", StreamedBody{.bytes_max = 2'000'000}, [this](Request& request, Response response) {
            CHECK(request.body().empty());
            ++begun;
            response.on_abort([this] { told += "aborted "; });
            response.on_finish(
                [this](const ResponseSummary& summary) { told += std::to_string(summary.status) + " "; });
            auto body = std::make_shared<std::string>();
            kept = body;
            const Upload upload(response);
            upload.on_data([this, body](std::string_view part) {
                ++pieces;
                *body += part;
            });
            upload.on_end([this, body, response] {
                told += "ended ";
                response.type("txt").send(*body);
            });
        });
        app.get("/", [](Response response) { response.send("hello"); });
    }

    int begun = 0;
    int pieces = 0;
    std::string told;
    std::weak_ptr<std::string> kept;
};

constexpr std::string_view simple_get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_CASE("a body comes in pieces, as it arrives, and the connection goes on behind the answer") {
    UploadSite site;
    net::SimulatedPeer& peer = site.connect();
    peer.send(head_of("/upload", "Content-Length: 10\r\n"));
    site.network.run_until_idle();
    CHECK(site.begun == 1);  // before anything of the body is there
    CHECK(site.pieces == 0);
    for (const char* piece : {"012", "345", "6789"}) {
        peer.send(piece);
        site.network.run_until_idle();
    }
    CHECK(site.pieces == 3);
    CHECK(body_of(peer.received()) == "0123456789");
    CHECK(site.told == "ended 200 ");
    CHECK(site.kept.expired());
    peer.received().clear();
    peer.send(simple_get);
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "hello");
    CHECK(site.failures.empty());
}

TEST_CASE("a body that comes with its head, in chunks with trailers, or cut anywhere is the same, as is an empty one") {
    const std::string body(3000, 'b');
    const std::string requests = post("/upload", body) + head_of("/upload", "Transfer-Encoding: chunked\r\n") +
                                 in_chunks(body, 200, "X-Trailer: a\r\n") + post("/upload", "") +
                                 head_of("/upload", "Transfer-Encoding: chunked\r\n") + in_chunks("", 1) +
                                 head_of("/upload", "") + std::string(simple_get);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        UploadSite site({}, seed, seed == 1 ? smooth : net::SimulatedNetworkOptions{});
        const std::string answers = site.ask(requests);
        CHECK(count(answers, "HTTP/1.1 200 OK") == 6);
        CHECK(count(answers, body) == 2);
        CHECK(answers.ends_with("\r\n\r\nhello"));
        CHECK(site.told == "ended 200 ended 200 ended 200 ended 200 ended 200 ");
    }
}

TEST_CASE("a route has a limit of its own, above and below the application's, for bodies in pieces and whole ones") {
    Site site({.body_bytes_max = 1000});
    std::string told;
    site.app.use([](Request&, Response response, Next next) {
        response.set("X-By", "middleware");
        next();
    });
    site.app.use([](const HandlerFailure& failure, Request&, Response response) {
        response.send("failed " + std::to_string(failure.status));
    });
    const auto stream = [&](Request&, Response response) {
        auto size = std::make_shared<std::size_t>();
        response.on_finish([&](const ResponseSummary& summary) { told += std::to_string(summary.status) + " "; });
        const Upload upload(response);
        upload.on_data([size](std::string_view part) { *size += part.size(); });
        upload.on_end([size, response] { response.send(std::to_string(*size)); });
    };
    const auto whole = [](Request& request, Response response) {
        response.send(std::to_string(request.body().size()));
    };
    site.app.post("/streamed/large", StreamedBody{.bytes_max = 5000}, stream);
    site.app.post("/streamed/small", StreamedBody{.bytes_max = 10}, stream);
    site.app.post("/streamed", StreamedBody{}, stream);
    site.app.post("/whole/large", WholeBody{.bytes_max = 5000}, whole);
    site.app.post("/whole/small", WholeBody{.bytes_max = 10}, whole);
    site.app.post("/whole", whole);
    struct Case {
        const char* path;
        std::size_t limit;
    };
    for (const auto& [path, limit] :
         {Case{"/streamed/large", 5000}, Case{"/streamed/small", 10}, Case{"/streamed", 1000},
          Case{"/whole/large", 5000}, Case{"/whole/small", 10}, Case{"/whole", 1000}}) {
        for (const std::size_t size : {limit - 1, limit, limit + 1}) {
            CAPTURE(path);
            CAPTURE(size);
            const std::string body(size, 'b');
            const std::string expected = size > limit ? "failed 413" : std::to_string(size);
            const std::string by_length = site.ask(post(path, body));
            CHECK(body_of(by_length) == expected);
            const std::string by_chunks =
                site.ask(head_of(path, "Transfer-Encoding: chunked\r\n") + in_chunks(body, 200));
            CHECK(body_of(by_chunks) == expected);
            for (const std::string& answer : {by_length, by_chunks}) {
                CHECK(has_line(answer, "X-By: middleware"));
                CHECK(has_line(answer, "Connection: close") == (size > limit));
            }
        }
    }
    CHECK(count(told, "200") == 12);
    CHECK(count(told, "413") == 3);  // of those in chunks: what is declared too long never comes to the route
    // Of what is declared too long nothing is read.
    net::SimulatedPeer& peer = site.connect();
    peer.send(head_of("/streamed/large", "Content-Length: 5001\r\n"));
    site.network.run_until_idle();
    CHECK(status_of(peer.received()) == 413);
}

TEST_CASE("nothing is read while the program takes nothing") {
    Site site;
    std::optional<Upload> held;
    std::size_t received = 0;
    site.app.post("/", StreamedBody{.bytes_max = 10'000'000}, [&](Request&, Response response) {
        held.emplace(response);
        held->on_data([&](std::string_view part) {
            received += part.size();
            held->pause();
        });
        held->on_end([&, response] { response.send(std::to_string(received)); });
    });
    net::SimulatedPeer& peer = site.connect();
    const std::string body(2'000'000, 'b');
    peer.send(head_of("/", "Content-Length: 2000000\r\n"));
    peer.send(body);
    site.network.run_for(300s);  // for as long as the program likes: the time is not the peer's
    CHECK(received > 0);
    CHECK(received < 200'000);
    CHECK(site.app.memory_used() < 400'000);
    CHECK(peer.received().empty());
    int turns = 0;
    for (; peer.received().empty() && turns < 1000; ++turns) {
        held->resume();
        site.network.run_for(20s);
    }
    CHECK(turns > 10);
    CHECK(body_of(peer.received()) == "2000000");
    held->resume();  // of what is over
    held->pause();
    CHECK(site.failures.empty());
}

TEST_CASE("a body is read from when its end is waited for, also later") {
    Site site;
    std::vector<Response> kept;
    site.app.post("/", StreamedBody{}, [&](Response response) { kept.push_back(response); });
    net::SimulatedPeer& peer = site.connect();
    peer.send(post("/", "0123456789", "Expect: 100-continue\r\n"));
    site.network.run_for(60s);
    CHECK(peer.received().empty());
    std::string body;
    const Upload upload(kept.front());
    upload.on_data([&](std::string_view part) { body += part; });
    site.network.run_for(60s);
    CHECK(body.empty());
    upload.on_end([&] { kept.front().send(body); });
    site.network.run_until_idle();
    CHECK(peer.received().starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
    CHECK(peer.received().ends_with("\r\n\r\n0123456789"));
}

TEST_CASE("who waits for 100 Continue gets it when the body is wanted, and the answer alone when it is not") {
    UploadSite site;
    site.app.post("/refuse", StreamedBody{}, [](Response response) { response.send_status(401); });
    net::SimulatedPeer& taken = site.connect();
    taken.send(head_of("/upload", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
    site.network.run_until_idle();
    CHECK(taken.received() == "HTTP/1.1 100 Continue\r\n\r\n");
    taken.send("abc");
    site.network.run_until_idle();
    CHECK(taken.received().ends_with("\r\n\r\nabc"));
    CHECK(count(taken.received(), "100 Continue") == 1);
    net::SimulatedPeer& refused = site.connect();
    refused.send(head_of("/refuse", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
    site.network.run_until_idle();
    CHECK(status_of(refused.received()) == 401);
    CHECK(has_line(refused.received(), "Connection: close"));
    net::SimulatedPeer& too_long = site.connect();
    too_long.send(head_of("/upload", "Content-Length: 2000001\r\nExpect: 100-continue\r\n"));
    site.network.run_until_idle();
    CHECK(status_of(too_long.received()) == 413);
    CHECK(count(too_long.received(), "100 Continue") == 0);
}

TEST_CASE("100 Continue leaves also where a turn of the loop takes time") {
    UploadSite site({}, 1, {.pause_max = 50ms, .pauses = 1});
    for (int i = 0; i < 5; ++i) {
        net::SimulatedPeer& peer = site.connect();
        peer.send(head_of("/upload", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
        site.network.run_for(2s);
        CHECK(peer.received() == "HTTP/1.1 100 Continue\r\n\r\n");
        peer.send("abc");
        site.network.run_for(2s);
        CHECK(peer.received().ends_with("\r\n\r\nabc"));
    }
}

TEST_CASE("a handler may answer before the end: the answer arrives, and the connection closes") {
    Site site;
    int pieces = 0;
    std::weak_ptr<int> owned;
    site.app.post("/", StreamedBody{.bytes_max = 10'000'000}, [&](Request&, Response response) {
        auto state = std::make_shared<int>();
        owned = state;
        const Upload upload(response);
        upload.on_data([&, state, response](std::string_view) {
            if (++pieces == 3) response.status(422).send("enough");
        });
        upload.on_end([state, response] { response.send("all"); });
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send(head_of("/", "Content-Length: 9000000\r\n"));
    for (int i = 0; i < 10; ++i) {
        peer.send(std::string(1000, 'b'));
        site.network.run_until_idle();
    }
    CHECK(pieces == 3);
    CHECK(owned.expired());
    CHECK(status_of(peer.received()) == 422);
    CHECK(body_of(peer.received()) == "enough");
    CHECK(has_line(peer.received(), "Connection: close"));
    peer.send(std::string(500'000, 'b') + std::string(simple_get));
    site.network.run_for(60s);
    CHECK(count(peer.received(), "HTTP/1.1") == 1);
    CHECK(site.network.open_streams() == 0);
    CHECK(site.failures.empty());
}

TEST_CASE("a handler that loses the response is answered 500, whenever that is") {
    Site site;
    site.app.post("/at-once", StreamedBody{}, [](Response) {});
    site.app.post("/in-data", StreamedBody{}, [](Response response) {
        const Upload upload(response);
        upload.on_data([upload](std::string_view) { upload.on_end([] {}); });
        upload.on_end([response] {});
    });
    site.app.post("/in-end", StreamedBody{}, [](Response response) { Upload(response).on_end([response] {}); });
    for (const char* path : {"/at-once", "/in-data", "/in-end"}) {
        CAPTURE(path);
        CHECK(status_of(site.ask(post(path, "0123456789"))) == 500);
    }
    CHECK(site.failures.size() == 3);
    site.network.run_for(60s);
}

TEST_CASE("the end of the peer is told, in the middle of the body and while the program takes nothing") {
    for (const bool is_reset : {true, false}) {
        UploadSite site;
        net::SimulatedPeer& peer = site.connect();
        peer.send(head_of("/upload", "Content-Length: 10\r\n") + "0123");
        site.network.run_until_idle();
        is_reset ? peer.reset() : peer.end();
        site.network.run_until_idle();
        CHECK(site.pieces == 1);
        CHECK(site.told.find("aborted") == 0);
        CHECK(site.told.find("ended") == std::string::npos);
        CHECK(site.kept.expired());
        site.network.run_for(60s);
        CHECK(site.network.open_streams() == 0);
        CHECK(site.failures.empty());
    }
    Site site;
    std::vector<Upload> held;
    int aborted = 0;
    site.app.post("/", StreamedBody{}, [&](Request&, Response response) {
        response.on_abort([&] { ++aborted; });
        held.emplace_back(response);
        held.back().on_end([response] { response.send("all"); });
        held.back().pause();
    });
    net::SimulatedPeer& reset = site.connect();
    reset.send(head_of("/", "Content-Length: 10\r\n") + "0123");
    net::SimulatedPeer& half = site.connect();
    half.send(post("/", "0123456789"));
    half.end();
    net::SimulatedPeer& short_one = site.connect();
    short_one.send(head_of("/", "Content-Length: 10\r\n") + "0123");
    short_one.end();
    site.network.run_until_idle();
    reset.reset();
    site.network.run_until_idle();
    CHECK(aborted == 1);
    for (const Upload& upload : held)
        upload.resume();
    site.network.run_until_idle();
    CHECK(body_of(half.received()) == "all");  // it had said all
    CHECK(aborted == 2);
    CHECK(status_of(short_one.received()) == 400);
}

TEST_CASE("a malformed body is answered 400, and one that comes too slowly 408, but not for the program's own time") {
    UploadSite site({.body_grace = 10s, .body_bytes_per_second_min = 1000});
    const std::string malformed =
        site.ask(head_of("/upload", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\nxyz\r\n");
    CHECK(status_of(malformed) == 400);
    CHECK(site.told == "400 ");
    site.told.clear();
    net::SimulatedPeer& slow = site.connect();
    slow.send(head_of("/upload", "Content-Length: 100\r\n"));
    for (int i = 0; i < 8; ++i) {
        slow.send("b");
        site.network.run_for(2s);
    }
    CHECK(status_of(slow.received()) == 408);
    CHECK(site.told == "408 ");
    CHECK(site.kept.expired());
}

TEST_CASE("the next request waits behind a body in pieces, and its answer") {
    Site site;
    std::vector<Response> kept;
    std::string order;
    site.app.post("/", StreamedBody{}, [&](Response response) {
        const Upload upload(response);
        upload.on_end([&, response] {
            order += "ended ";
            kept.push_back(response);
        });
    });
    site.app.get("/", [&](Response response) {
        order += "next ";
        response.send("next");
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send(post("/", "0123456789") + std::string(simple_get));
    site.network.run_for(60s);
    CHECK(order == "ended ");
    kept.front().send("first");
    site.network.run_until_idle();
    CHECK(order == "ended next ");
    CHECK(count(peer.received(), "HTTP/1.1 200 OK") == 2);
    CHECK(peer.received().ends_with("next"));
}

TEST_CASE("what a handler of the body throws is answered as what any handler throws") {
    Site site;
    const auto throwing = [](bool in_end, bool is_unknown) {
        return [=](Response response) {
            const auto fail = [is_unknown] {
                if (is_unknown) throw std::runtime_error("ouch");
                throw HttpError(415, "no pictures");
            };
            const Upload upload(response);
            upload.on_data([in_end, fail](std::string_view) {
                if (!in_end) fail();
            });
            upload.on_end([response, fail] { fail(); });
        };
    };
    site.app.post("/data", StreamedBody{}, throwing(false, false));
    site.app.post("/end", StreamedBody{}, throwing(true, false));
    site.app.post("/unknown", StreamedBody{}, throwing(false, true));
    for (const char* path : {"/data", "/end"}) {
        const std::string answer = site.ask(post(path, "0123456789"));
        CHECK(status_of(answer) == 415);
        CHECK(body_of(answer) == "no pictures");
    }
    CHECK(status_of(site.ask(post("/unknown", "0123456789"))) == 500);
    CHECK(site.failures == std::vector<std::string>{"POST /unknown: ouch"});
}

TEST_CASE("an answer may be written while the body comes, and is cut when that fails") {
    Site site;
    site.app.post("/echo", StreamedBody{.bytes_max = 1000}, [](Response response) {
        const Upload upload(response);
        upload.on_data([response](std::string_view part) { response.write(part); });
        upload.on_end([response] { response.end(); });
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send(head_of("/echo", "Content-Length: 6\r\n") + "abc");
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "3\r\nabc\r\n");
    peer.send("def");
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n");
    CHECK(has_line(peer.received(), "Connection: close"));

    net::SimulatedPeer& failing = site.connect();
    failing.send(head_of("/echo", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n");
    site.network.run_until_idle();
    failing.send("fff\r\n");
    site.network.run_until_idle();
    CHECK(failing.is_closed());
    CHECK(body_of(failing.received()) == "3\r\nabc\r\n");
}

TEST_CASE("on a route that takes bodies whole an upload comes in one piece") {
    Site site;
    std::vector<std::string> told;
    const auto handler = [&](Response response) {
        const Upload upload(response);
        upload.on_data([&](std::string_view part) { told.emplace_back(part); });
        upload.on_end([response] { response.send("all"); });
    };
    site.app.post("/", handler);
    site.app.get("/", handler);
    CHECK(body_of(site.ask(post("/", "0123456789"))) == "all");
    CHECK(body_of(site.get("/")) == "all");
    CHECK(told == std::vector<std::string>{"0123456789"});
}

TEST_CASE("a stop lets a body come to its end, and cuts it when the time is up") {
    UploadSite site({.shutdown_timeout = 5'000ms});
    net::SimulatedPeer& whole = site.connect();
    whole.send(head_of("/upload", "Content-Length: 6\r\n") + "abc");
    net::SimulatedPeer& late = site.connect();
    late.send(head_of("/upload", "Content-Length: 6\r\n") + "abc");
    site.app.after(1s, [&] { site.app.stop(); });
    site.app.after(2s, [&] { whole.send("def"); });
    site.app.run();
    CHECK(whole.received().ends_with("\r\n\r\nabcdef"));
    CHECK(has_line(whole.received(), "Connection: close"));
    CHECK(site.told == "ended 200 aborted 0 ");
    CHECK(site.kept.expired());
}

TEST_CASE("an application may be destroyed by a handler of a body") {
    for (const bool in_end : {false, true}) {
        net::SimulatedNetwork network(1, smooth);
        auto app = std::make_unique<Application>(network.loop());
        int calls = 0;
        app->listen({.port = 80, .host = {}});
        app->post("/", StreamedBody{}, [&](Response response) {
            const Upload upload(response);
            upload.on_data([&, response](std::string_view) {
                ++calls;
                if (!in_end) app.reset();
            });
            upload.on_end([&, response] {
                ++calls;
                app.reset();
            });
        });
        net::SimulatedPeer& peer = network.connect(80);
        peer.send(post("/", "0123456789"));
        network.run_until_idle();
        CHECK(calls == (in_end ? 2 : 1));
        CHECK(peer.is_closed());
        CHECK(peer.received().empty());
    }
}

TEST_CASE("the first route that decides says how a body is taken, behind middlewares that may answer first or later") {
    Site site;
    std::vector<Next> held;
    site.app.all("/*path", [](Request&, Response, Next next) { next(); });
    site.app.use("/guarded", [](Response response) { response.send_status(403); });
    site.app.use("/later", [&](Request&, Response, Next next) { held.push_back(next); });
    site.app.post("/whole", [](Request& request, Response response) { response.send(request.body()); });
    const auto stream = [](Request& request, Response response) {
        auto size = std::make_shared<std::size_t>();
        const Upload upload(response);
        upload.on_data([size](std::string_view part) { *size += part.size(); });
        upload.on_end([&request, response, size] {
            response.send(std::string(request.parameter("id")) + " " + std::to_string(*size));
        });
    };
    Router router;
    router.post("/:id", StreamedBody{.bytes_max = 20}, stream);
    site.app.use("/routed", router);
    site.app.all("/:id", StreamedBody{}, stream);
    site.app.post("/later/:id", StreamedBody{}, stream);
    CHECK(body_of(site.ask(post("/whole", "0123456789"))) == "0123456789");
    CHECK(body_of(site.ask(post("/other", "0123456789"))) == "other 10");
    CHECK(body_of(site.ask(post("/routed/7", "0123456789"))) == "7 10");
    CHECK(status_of(site.ask(post("/routed/7", std::string(21, 'b')))) == 413);
    CHECK(status_of(site.ask(post("/guarded", "0123456789"))) == 403);
    net::SimulatedPeer& later = site.connect();
    later.send(head_of("/later/8", "Content-Length: 10\r\n") + "01234");
    site.network.run_for(60s);
    REQUIRE(held.size() == 1);
    std::exchange(held, {}).front()();
    later.send("56789");
    site.network.run_until_idle();
    CHECK(body_of(later.received()) == "8 10");
}

}  // namespace
}  // namespace parley::web::test
