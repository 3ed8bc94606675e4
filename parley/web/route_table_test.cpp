// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

TEST_CASE("a route answers its method and path") {
    Site site;
    site.app.get("/", [](Request&, Response response) { response.send("home"); });
    site.app.post("/", [](Request& request, Response& response) { response.send(request.body()); });
    site.app.get("/only", [](Response response) { response.send("only"); });

    CHECK(body_of(site.get("/")) == "home");
    CHECK(body_of(site.get("/only")) == "only");
    CHECK(body_of(site.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")) == "abc");
    CHECK(status_of(site.get("/")) == 200);
}

TEST_CASE("each method has its registration, and all() takes any") {
    Site site;
    const auto method = [](Request& request, Response response) { response.send(request.method()); };
    site.app.get("/m", method).post("/m", method).put("/m", method).patch("/m", method).del("/m", method);
    site.app.options("/m", method);
    site.app.all("/any", method);
    for (const std::string name : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        CHECK(body_of(site.ask(name + " /m HTTP/1.1\r\nHost: a\r\n\r\n")) == name);
        CHECK(body_of(site.ask(name + " /any HTTP/1.1\r\nHost: a\r\n\r\n")) == name);
    }
    for (const std::string name : {"PROPFIND", "TRACE", "get", "M-SEARCH", "!#$%&'*+-.^_`|~09"}) {
        CHECK(status_of(site.ask(name + " /m HTTP/1.1\r\nHost: a\r\n\r\n")) == 404);
        CHECK(body_of(site.ask(name + " /any HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")) == name);
    }
}

TEST_CASE("what nothing answers is 404, also when another method would be") {
    Site site;
    site.app.get("/page", [](Response response) { response.send("page"); });
    CHECK(status_of(site.get("/nothing")) == 404);
    CHECK(body_of(site.get("/nothing")) == "Not Found");
    CHECK(status_of(site.ask("POST /page HTTP/1.1\r\nHost: a\r\n\r\n")) == 404);
}

TEST_CASE("HEAD is answered by the GET handler, with the length and without the body") {
    Site site;
    site.app.get("/page", [](Response response) { response.send("12345"); });
    const std::string answer = site.ask("HEAD /page HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(status_of(answer) == 200);
    CHECK(has_line(answer, "Content-Length: 5"));
    CHECK(body_of(answer) == "");
}

TEST_CASE("OPTIONS lists the methods of a path, and of the server") {
    Site site;
    site.app.get("/page", [](Response response) { response.send("page"); });
    site.app.del("/page", [](Response response) { response.end(); });
    site.app.put("/other", [](Response response) { response.end(); });
    CHECK(has_line(site.ask("OPTIONS /page HTTP/1.1\r\nHost: a\r\n\r\n"), "Allow: GET, HEAD, DELETE"));
    CHECK(has_line(site.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), "Allow: GET, HEAD, DELETE, PUT"));
    CHECK(status_of(site.ask("OPTIONS /nothing HTTP/1.1\r\nHost: a\r\n\r\n")) == 404);
}

TEST_CASE("parameters, queries and headers reach the handler decoded") {
    Site site;
    site.app.get("/users/:id/*rest", [](Request& request, Response response) {
        response.send(std::string(request.parameter("id")) + "|" + std::string(request.parameter("rest")) + "|" +
                      std::string(request.query("q")) + "|" + std::string(request.query("none")) + "|" +
                      std::string(request.header("x-YES")) + "|" + std::string(request.parameter("none")));
    });
    CHECK(body_of(site.ask("GET /users/a%20b/c/d?q=1+2&q=%33 HTTP/1.1\r\nHost: a\r\nX-Yes: y\r\n\r\n")) ==
          "a b|c/d|3||y|");
}

TEST_CASE("a path that cannot be decoded is 400") {
    Site site;
    site.app.get("/*", [](Response response) { response.send("here"); });
    CHECK(status_of(site.get("/%zz")) == 400);
    CHECK(status_of(site.get("/a%00")) == 400);
    CHECK(status_of(site.get("/ok?a=%25")) == 200);
}

TEST_CASE("middlewares run in order with the routes, and pass on with next") {
    Site site;
    std::vector<std::string> order;
    site.app.use([&](Request& request, Response, Next next) {
        order.push_back("first");
        request.set_attribute("user", "ada");
        next();
    });
    site.app.get("/early", [&](Response response) { response.send("early"); });
    site.app.use("/api", [&](Request&, Response& response, const Next& next) {
        order.push_back("api");
        response.set("X-Api", "1");
        next();
    });
    site.app.get(
        "/api/user", [&](Request&, Response, Next next) { next(); },
        [&](Request& request, Response response) { response.send(request.attribute("user")); });

    CHECK(body_of(site.get("/early")) == "early");
    CHECK(order == std::vector<std::string>{"first"});
    order.clear();
    const std::string answer = site.get("/api/user");
    CHECK(body_of(answer) == "ada");
    CHECK(has_line(answer, "X-Api: 1"));
    CHECK(order == std::vector<std::string>{"first", "api"});
}

TEST_CASE("a middleware may answer instead, and may pass on later") {
    Site site;
    Function<void()> go_on;
    site.app.use("/closed", [](Response response) { response.send_status(403); });
    site.app.use("/later", [&](Request&, Response, Next next) { go_on = [next] { next(); }; });
    site.app.get("/later", [](Request& request, Response response) { response.send(request.path()); });

    CHECK(status_of(site.get("/closed/x")) == 403);
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    CHECK(peer.received() == "");
    go_on();
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "/later");
}

TEST_CASE("a middleware that does not look at the request leaves it out") {
    Site site;
    site.app.use([](Response response, Next next) {
        response.set("X-Frame-Options", "DENY");
        next();
    });
    site.app.get("/", [](Response& response) { response.send("page"); });
    const std::string answer = site.get("/");
    CHECK(has_line(answer, "X-Frame-Options: DENY"));
    CHECK(body_of(answer) == "page");
}

TEST_CASE("next counts once, and not after the answer") {
    Site site;
    int calls = 0;
    site.app.use([](Request&, Response, Next next) {
        next();
        next();
    });
    site.app.use([&](Request&, Response response, Next next) {
        ++calls;
        response.send("once");
        next();
    });
    site.app.get("/", [&](Response) { ++calls; });
    CHECK(body_of(site.get("/")) == "once");
    CHECK(calls == 1);
    CHECK(site.failures.empty());
}

TEST_CASE("next counts once, also while a later handler keeps the response") {
    Site site;
    int calls = 0;
    std::optional<Response> kept;
    site.app.use([](Request&, Response, Next next) {
        next();
        next();
    });
    site.app.get("/", [&](Response response) {
        ++calls;
        kept = response;
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    CHECK(calls == 1);
    kept->send("at last");
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == "at last");
}

TEST_CASE("a handler that throws is answered 500 and reported, and the connection goes on") {
    Site site;
    site.app.get("/throw", [](Response) { throw std::runtime_error("ouch"); });
    site.app.get("/odd", [](Response) { throw 7; });
    site.app.get("/late", [](Response response) {
        response.send("sent");
        throw std::runtime_error("late");
    });
    const std::string answer = site.ask(
        "GET /throw HTTP/1.1\r\nHost: a\r\n\r\nGET /odd HTTP/1.1\r\nHost: a\r\n\r\nGET /late HTTP/1.1\r\nHost: "
        "a\r\n\r\n");
    CHECK(count(answer, "HTTP/1.1 500 ") == 2);
    CHECK(answer.ends_with("sent"));
    REQUIRE(site.failures.size() == 3);
    CHECK(site.failures[0] == "GET /throw: ouch");
    CHECK(site.failures[1] == "GET /odd: an exception that is no std::exception");
    CHECK(site.failures[2] == "GET /late: late");
}

TEST_CASE("an error hook that throws is contained too") {
    Site site;
    site.app.on_error([](const HandlerFailure&) { throw std::runtime_error("worse"); });
    site.app.get("/", [](Response) { throw std::runtime_error("bad"); });
    CHECK(status_of(site.get("/")) == 500);
}

TEST_CASE("a handler may register routes while it runs") {
    Site site;
    site.app.get("/add", [&](Response response) {
        for (int i = 0; i < 100; ++i)
            site.app.get("/added/" + std::to_string(i), [i](Response added) { added.send(std::to_string(i)); });
        response.send("added");
    });
    CHECK(status_of(site.get("/added/99")) == 404);
    CHECK(body_of(site.get("/add")) == "added");
    CHECK(body_of(site.get("/added/99")) == "99");
}

TEST_CASE("a pattern that cannot be one is refused when it is registered") {
    Site site;
    CHECK_THROWS_AS(site.app.get("nope", [](Response) {}), SetupError);
    CHECK_THROWS_AS(site.app.use("/*a/b", [](Response) {}), SetupError);
}

}  // namespace
}  // namespace parley::web::test
