// SPDX-License-Identifier: MIT
#include "parley/web/http_error.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

// Answers every failure with what it is told of it.
void tell_failures(Site& site) {
    site.app.use([](const HandlerFailure& failure, Request&, Response response) {
        const char* const kind = failure.error != nullptr ? "thrown" : failure.exception ? "other" : "none";
        response.send(std::to_string(failure.status) + "|" + std::string(failure.where) + "|" +
                      std::string(failure.message) + "|" + kind);
    });
}

std::string post(std::string_view target, std::string_view headers, std::string_view body) {
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

TEST_CASE("an HttpError is any status of a failure, with a message") {
    CHECK(HttpError(404, "no such user").status() == 404);
    CHECK(std::string(HttpError(404, "no such user").what()) == "no such user");
    CHECK(std::string(HttpError(404).what()) == "Not Found");
    CHECK(std::string(HttpError(429, "").what()) == "Too Many Requests");
    CHECK(HttpError(400).status() == 400);
    CHECK(HttpError(599).status() == 599);
    for (const int status : {-1, 0, 200, 302, 399, 600, 1'000'000})
        CHECK(HttpError(status).status() == 500);
}

TEST_CASE(
    "a handler that throws an HttpError answers its status, and tells its message where the fault is the client's") {
    Site site;
    site.app.get("/404", [](Response) { throw HttpError(404, "no such user"); });
    site.app.get("/503", [](Response) { throw HttpError(503, "the password of the database is wrong"); });
    site.app.use("/401", [](Request&, Response response, Next) {
        response.set("X-Half", "done");
        throw HttpError(401).set("WWW-Authenticate", "Basic").set("X-A", "forged\r\nX-B: b");
    });
    const std::string missing = site.get("/404");
    CHECK(status_of(missing) == 404);
    CHECK(body_of(missing) == "no such user");
    CHECK(has_line(missing, "Content-Type: text/plain; charset=utf-8"));
    CHECK(site.failures.empty());
    const std::string refused = site.get("/401");
    CHECK(status_of(refused) == 401);
    CHECK(has_line(refused, "WWW-Authenticate: Basic"));
    CHECK(has_line(refused, "X-Half: done"));
    CHECK(count(refused, "X-") == 2);  // X-Content-Type-Options
    const std::string failed = site.get("/503");
    CHECK(status_of(failed) == 503);
    CHECK(body_of(failed) == "Service Unavailable");
    REQUIRE(site.failures.size() == 1);
    CHECK(site.failures[0] == "GET /503: the password of the database is wrong");
}

TEST_CASE("an HttpError that is thrown behind the answer changes nothing") {
    Site site;
    site.app.get("/", [](Response response) {
        response.send("sent");
        throw HttpError(404);
    });
    const std::string answer = site.get("/");
    CHECK(status_of(answer) == 200);
    CHECK(body_of(answer) == "sent");
}

TEST_CASE("an error handler sees the status of what was thrown, and of what no handler answers") {
    Site site({.body_bytes_max = 10});
    tell_failures(site);
    site.app.use([](Request&, Response response, Next next) {
        response.set("X-By", "middleware");
        next();
    });
    site.app.get("/throw", [](Response) { throw HttpError(409, "taken"); });
    site.app.get("/other", [](Response) { throw std::runtime_error("ouch"); });
    site.app.get("/lost", [](Response) {});
    site.app.post("/echo", [](Request& request, Response response) { response.send(request.body()); });

    const std::string thrown = site.get("/throw");
    CHECK(status_of(thrown) == 409);
    CHECK(body_of(thrown) == "409|GET /throw|taken|thrown");
    CHECK(body_of(site.get("/other")) == "500|GET /other|ouch|other");
    CHECK(body_of(site.get("/lost")).starts_with("500|GET /lost|no answer was sent"));

    const std::string missing = site.get("/missing");
    CHECK(status_of(missing) == 404);
    CHECK(body_of(missing) == "404|GET /missing|Not Found|none");
    CHECK(has_line(missing, "X-By: middleware"));
    const std::string garbled = site.get("/%01");
    CHECK(status_of(garbled) == 400);
    CHECK(body_of(garbled) == "400|GET /%01|Bad Request|none");
    const std::string upgrade = site.ask(upgrade_request("/nowhere"));
    CHECK(status_of(upgrade) == 404);
    CHECK(body_of(upgrade) == "404|GET /nowhere|Not Found|none");

    CHECK(body_of(site.ask(post("/echo", "", "0123456789"))) == "0123456789");
    const std::string long_body = site.ask(post("/echo", "", "0123456789A"));
    CHECK(status_of(long_body) == 413);
    CHECK(body_of(long_body) == "413|POST /echo|Content Too Large|none");
    CHECK(has_line(long_body, "Connection: close"));
    CHECK(site.failures.size() == 2);  // the client's faults are not the program's
}

TEST_CASE("headers that middlewares set stay on the answer of every failure, but for those that describe a body") {
    Site site({.body_bytes_max = 10});
    site.app.use([](Request&, Response response, Next next) {
        response.set("X-By", "middleware").set("Cache-Control", "no-store");
        next();
    });
    site.app.use("/api", [](Request&, Response response, Next next) {
        response.set("X-Api", "1");
        next();
    });
    site.app.get("/throw", [](Response response) {
        response.type("png").set("ETag", "\"1\"").set("Content-Encoding", "gzip").set("X-By", "handler");
        throw std::runtime_error("ouch");
    });
    site.app.get("/refuse", [](Response) { throw HttpError(401).set("X-By", "error"); });
    site.app.get("/lost", [](Response) {});
    site.app.post("/api/echo", [](Request& request, Response response) { response.send(request.body()); });

    const std::string thrown = site.get("/throw");
    CHECK(status_of(thrown) == 500);
    CHECK(has_line(thrown, "X-By: handler"));
    CHECK(has_line(thrown, "Cache-Control: no-store"));
    CHECK(has_line(thrown, "Content-Type: text/plain; charset=utf-8"));
    CHECK(count(thrown, "ETag") + count(thrown, "Content-Encoding") + count(thrown, "image/png") == 0);
    const std::string refused = site.get("/refuse");
    CHECK(status_of(refused) == 401);
    CHECK(has_line(refused, "X-By: error"));
    CHECK(count(refused, "X-By") == 1);
    for (const char* path : {"/lost", "/missing", "/%01", "/api/%01"})
        CHECK(has_line(site.get(path), "X-By: middleware"));
    CHECK(status_of(site.get("/%01")) == 400);
    CHECK(count(site.get("/api/%01"), "X-Api") == 0);  // it is beneath nothing but the root
    const std::string long_body = site.ask(post("/api/echo", "", "0123456789A"));
    CHECK(status_of(long_body) == 413);
    CHECK(has_line(long_body, "X-By: middleware"));
    CHECK(has_line(long_body, "X-Api: 1"));
}

TEST_CASE("a body that is too long is never taken for an empty one") {
    Site site({.body_bytes_max = 10});
    int routes = 0;
    site.app.use("/check", [](Request& request, Response response, Next next) {
        if (request.body().empty()) return response.send("nothing was sent");
        next();
    });
    site.app.use("/auth", [](Response response) { response.send_status(401); });
    site.app.all("/*path", [&](Request& request, Response response) {
        ++routes;
        response.send(request.body());
    });
    site.app.use([](const HandlerFailure& failure, Request& request, Response response) {
        response.send(std::to_string(failure.status) + " " + std::to_string(request.body().size()));
    });
    for (const char* path : {"/check", "/page"}) {
        const std::string answer = site.ask(post(path, "", "0123456789A"));
        CHECK(status_of(answer) == 413);
        CHECK(body_of(answer) == "413 0");
    }
    CHECK(status_of(site.ask(post("/auth", "", "0123456789A"))) == 401);
    CHECK(routes == 0);
    CHECK(body_of(site.ask(post("/check", "", "0123456789"))) == "0123456789");
    CHECK(site.failures.empty());
}

TEST_CASE("an error handler of a path is not asked for a path that cannot be decoded") {
    Site site;
    site.app.use("/api", [](const HandlerFailure&, Request&, Response response) { response.send("api"); });
    CHECK(body_of(site.get("/api/missing")) == "api");
    CHECK(body_of(site.get("/api/%01")) == "Bad Request");
    CHECK(body_of(site.get("/missing")) == "Not Found");
}

TEST_CASE(
    "an error handler that fails over a refusal leaves the plain 500, one that keeps the response answers later") {
    Site site;
    std::vector<Response> kept;
    site.app.use("/throws", [](const HandlerFailure&, Request&, Response) { throw HttpError(418, "worse"); });
    site.app.use("/silent", [](const HandlerFailure&, Request&, Response) {});
    site.app.use([&](const HandlerFailure&, Request&, Response response) { kept.push_back(response); });
    for (const char* path : {"/throws", "/silent"}) {
        const std::string answer = site.get(path);
        CHECK(status_of(answer) == 500);
        CHECK(body_of(answer) == "Internal Server Error");
    }
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    REQUIRE(kept.size() == 1);
    CHECK(peer.received().empty());
    kept.front().send("later");
    kept.clear();
    site.network.run_until_idle();
    CHECK(status_of(peer.received()) == 404);
    CHECK(body_of(peer.received()) == "later");
}

TEST_CASE("a body is JSON only when the request says so") {
    Site site;
    site.app.post("/", [](Request& request, Response response) {
        const Result<Json> value = request.json();
        if (!value) throw HttpError(400, value.error().message);
        response.json(*value);
    });
    const auto ask = [&](std::string_view headers, std::string_view body = R"({"a":1})") {
        return site.ask(post("/", headers, body));
    };
    CHECK(body_of(ask("Content-Type: application/json\r\n")) == R"({"a":1})");
    CHECK(body_of(ask("Content-Type: Application/JSON; charset=utf-8\r\n")) == R"({"a":1})");
    CHECK(body_of(ask("Content-Type: application/ld+json\r\n")) == R"({"a":1})");
    CHECK(status_of(ask("Content-Type: application/json\r\n", "{")) == 400);
    CHECK(status_of(ask("Content-Type: application/json\r\n", "")) == 400);
    CHECK(body_of(ask("")) == "the request does not say that its body is JSON: it has no Content-Type");
    // What a form of a foreign page can send without being asked.
    for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"}) {
        const std::string answer = ask("Content-Type: " + std::string(type) + "\r\n");
        CHECK(status_of(answer) == 400);
        CHECK(body_of(answer) ==
              "the request does not say that its body is JSON: its Content-Type is " + std::string(type));
    }
    CHECK(site.failures.empty());
}

struct User {
    std::string name = "nobody";
    std::vector<std::string>* ends = nullptr;
    ~User() {
        if (ends != nullptr) ends->push_back(name);
    }
};

TEST_CASE("a middleware leaves an object of the program's own type for the handlers behind it") {
    std::vector<std::string> ends;
    std::vector<Response> kept;
    Site site;
    site.app.use([&](Request& request, Response, Next next) {
        CHECK(request.state<User>().name == "nobody");
        request.state<User>() = {.name = "user of " + std::string(request.path()), .ends = nullptr};
        request.state<User>().ends = &ends;
        request.state<int>() += 1;
        next();
    });
    site.app.get("/now", [](Request& request, Response response) {
        response.send(request.state<User>().name + std::to_string(request.state<int>()));
    });
    site.app.get("/later", [&](Request& request, Response response) {
        kept.push_back(response);
        site.app.after(1s, [&request, &kept] {
            kept.front().send(request.state<User>().name);
            CHECK(request.state<User>().name == "user of /later");  // for as long as a copy of the response is there
            kept.clear();
            CHECK(request.state<User>().name == "nobody");
        });
    });
    CHECK(body_of(site.get("/now")) == "user of /now1");
    CHECK(ends == std::vector<std::string>{"user of /now"});
    CHECK(body_of(site.get("/now")) == "user of /now1");
    ends.clear();
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_for(2s);
    CHECK(body_of(peer.received()) == "user of /later");
    CHECK(ends == std::vector<std::string>{"user of /later"});
}

TEST_CASE("the state of a request stays while a response is kept, though the peer is gone") {
    std::vector<std::string> ends;
    std::vector<Response> kept;
    Site site;
    site.app.get("/", [&](Request& request, Response response) {
        request.state<User>().name = "kept";
        request.state<User>().ends = &ends;
        kept.push_back(response);
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    peer.reset();
    site.network.run_until_idle();
    REQUIRE(kept.size() == 1);
    CHECK_FALSE(kept.front().is_open());
    CHECK(ends.empty());
    kept.clear();
    CHECK(ends == std::vector<std::string>{"kept"});
}

}  // namespace
}  // namespace parley::web::test
