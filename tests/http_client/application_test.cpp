// SPDX-License-Identifier: MIT
// Both ends of HTTP on one loop, over the loopback: what the application answers is what the client says it did.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/client/http_client.hpp"
#include "parley/net/backend/test_worlds.hpp"
#include "parley/web/application.hpp"

namespace parley::test {
namespace {

/// An application and a client of it.
struct Pair {
    explicit Pair(HttpClientOptions options = {}) : client(*loop, std::move(options)) {
        app.get("/hello", [](Request& request, Response response) {
            response.set("X-Agent", request.header("User-Agent")).send("hello " + std::string(request.query("name")));
        });
        app.post("/echo", [](Request& request, Response response) { response.send(request.body()); });
        app.get("/old", [](Response response) { response.redirect("/hello?name=redirected"); });
        app.get("/long", [](Response response) {
            for (int i = 0; i < 1'000; ++i)
                response.write(std::string(1'000, 'x'));
            response.end();
        });
        app.listen({.host = "127.0.0.1"});
    }

    HttpResponse send(HttpRequest request) {
        std::optional<Result<HttpResponse>> told;
        request.url = "http://127.0.0.1:" + std::to_string(app.port()) + request.url;
        const HttpCall call = client.send(std::move(request), [&](auto result) { told = std::move(result); });
        REQUIRE(net::test::run_until(*loop, [&] { return told.has_value(); }));
        CAPTURE((*told ? "" : told->error().message));
        REQUIRE(told->has_value());
        return std::move(**told);
    }

    std::unique_ptr<net::Loop> loop = net::make_loop();
    Application app{*loop};
    HttpClient client;
};

}  // namespace

TEST_CASE("an application answers the client: texts, JSON, redirects, chunks, HEAD, and what is not there") {
    Pair pair;
    const HttpResponse hello = pair.send({.url = "/hello", .query = {{"name", "\xc3\xa9 & co"}}});
    CHECK(hello.status == 200);
    CHECK(hello.body == "hello \xc3\xa9 & co");
    CHECK(hello.header("x-agent") == "parley");

    const HttpResponse echo =
        pair.send({.url = "/echo", .method = "POST", .body = HttpBody::json(std::vector{1, 2, 3})});
    CHECK(echo.json<std::vector<int>>().value() == std::vector{1, 2, 3});
    CHECK_FALSE(hello.json<std::vector<int>>().has_value());

    const HttpResponse redirected = pair.send({.url = "/old"});
    CHECK(redirected.body == "hello redirected");
    CHECK(redirected.redirects == 1);

    std::string parts;
    CHECK(pair.send({.url = "/long"}).body == std::string(1'000'000, 'x'));
    pair.send({.url = "/long", .on_data = [&](const HttpResponse&, std::string_view part) { parts += part; }});
    CHECK(parts.size() == 1'000'000);

    const HttpResponse head = pair.send({.url = "/hello", .method = "HEAD"});
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(pair.send({.url = "/nothing"}).status == 404);
    const std::string large(900'000, 'y');
    CHECK(pair.send({.url = "/echo", .method = "POST", .body = large}).body == large);
    CHECK(pair.client.connections() == 1);
}

TEST_CASE("many requests at once are all answered, over few connections") {
    Pair pair({.connections_per_origin_max = 3});
    constexpr int requests = 200;
    int answered = 0;
    std::vector<HttpCall> calls;
    for (int i = 0; i < requests; ++i) {
        calls.push_back(pair.client.send({.url = "http://localhost:" + std::to_string(pair.app.port()) + "/echo",
                                          .method = "POST",
                                          .body = std::to_string(i)},
                                         [&answered, i](Result<HttpResponse> response) {
                                             answered += response && response->body == std::to_string(i) ? 1 : 0;
                                         }));
    }
    CHECK(net::test::run_until(*pair.loop, [&] { return answered == requests; }));
    CHECK(answered == requests);
    CHECK(pair.client.connections() <= 3);
}

}  // namespace parley::test
