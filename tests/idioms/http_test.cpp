// SPDX-License-Identifier: MIT
// What people write who come from Express.
#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "parley/json/containers.hpp"
#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

std::string get(World& world, std::string_view target, std::string_view more = {}) {
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + std::string(more) +
              "\r\n");
    world.pass(5s);
    return peer.received();
}

bool answers(const std::string& answer, std::string_view status, std::string_view body) {
    return answer.starts_with("HTTP/1.1 " + std::string(status)) && answer.ends_with("\r\n\r\n" + std::string(body));
}

// A handler that is a member of a class, and one that is a plain function.
struct Shop {
    int visits = 0;
    void visit(Request&, const Response& response) { response.send(std::to_string(++visits)); }
};

void plain(Request& request, Response response) {
    response.send(request.path());
}

}  // namespace

TEST_CASE("chained calls end in any sender, on a copy, a reference or the parameter itself") {
    World world;
    world.app.get("/a", [](Request&, Response response) {
        return response.status(201).set("X-A", "1").append("X-A", "2").cookie("sid", "x").type("txt").send("a");
    });
    world.app.get("/b", [](const Response& response) { response.status(202).type("json").send("{}"); });
    world.app.get("/c", [](Response& response) {
        const Response& same = response.status(203);
        Response copy = same;
        copy.set("X-A", "1");
        copy.send(std::string(copy.header("X-A")));
    });
    CHECK(answers(get(world, "/a"), "201", "a"));
    CHECK(answers(get(world, "/b"), "202", "{}"));
    CHECK(answers(get(world, "/c"), "203", "1"));
}

TEST_CASE("headers, queries and forms are walked with structured bindings, and kept as text") {
    World world;
    std::map<std::string, std::string> kept;
    world.app.get("/walk", [&](Request& request, Response response) {
        for (const auto& [name, value] : request.headers())
            kept.emplace(name, value);
        for (auto [key, value] : request.query())
            kept.insert_or_assign(std::string(key), std::string(value));
        response.json(kept);
    });
    const std::string answer = get(world, "/walk?tea=green%20one&n=2", "X-Who: me\r\n");
    CHECK(answer.ends_with(R"({"Connection":"close","Host":"a","X-Who":"me","n":"2","tea":"green one"})"));
}

TEST_CASE("what is sent may be of any kind of text, also one that ends with the call") {
    World world;
    world.app.get("/1", [](Response response) { response.send(std::string("temporary") + "!"); });
    world.app.get("/2", [](Response response) {
        const std::string text = "view";
        const std::string_view view = text;
        response.send(view);
    });
    world.app.get("/3", [](Response response) {
        const std::vector<char> letters{'a', 'b'};
        response.send(std::string_view(letters.data(), letters.size()));
    });
    world.app.get("/4", [](Response response) { response.json(std::vector<bool>{true, false}); });
    world.app.get("/5", [](Response response) { response.json(Json::array({1, 2, 3})); });
    world.app.get("/6", [](Response response) { response.json(std::map<std::string, std::vector<int>>{{"a", {1}}}); });
    world.app.get("/7", [](Response response) { response.json("text"); });
    world.app.get("/8", [](Response response) { response.json(nullptr); });
    world.app.get("/9", [](Response response) { response.json(std::array{1.5, 2.0}); });
    const char* const bodies[] = {"temporary!",   "view",      "ab",   "[true,false]", "[1,2,3]",
                                  R"({"a":[1]})", R"("text")", "null", "[1.5,2]"};
    int number = 0;
    for (const char* body : bodies) {
        CAPTURE(body);
        CHECK(answers(get(world, "/" + std::to_string(++number)), "200", body));
    }
}

TEST_CASE("handlers are members, plain functions, std::function, mutable lambdas, and lambdas that own") {
    World world;
    Shop shop;
    const std::function<void(Request&, Response)> any = plain;
    world.app.get("/member", [&](Request& request, Response response) { shop.visit(request, response); });
    world.app.get("/bound", std::bind_front(&Shop::visit, &shop));
    world.app.get("/plain", plain);
    world.app.get("/pointer", &plain);
    world.app.get("/any", any);
    world.app.get("/mutable", [count = 0](Response response) mutable { response.json(++count); });
    world.app.get("/owner", [owned = std::make_unique<int>(7)](Response response) { response.json(*owned); });
    CHECK(answers(get(world, "/member"), "200", "1"));
    CHECK(answers(get(world, "/bound"), "200", "2"));
    CHECK(answers(get(world, "/plain"), "200", "/plain"));
    CHECK(answers(get(world, "/pointer"), "200", "/pointer"));
    CHECK(answers(get(world, "/any"), "200", "/any"));
    CHECK(answers(get(world, "/mutable"), "200", "1"));
    CHECK(answers(get(world, "/mutable"), "200", "2"));
    CHECK(answers(get(world, "/owner"), "200", "7"));
}

TEST_CASE("an answer may come later: by a timer, a post, another thread that posts, or a waiting list") {
    World world;
    std::map<std::string, Response> waiting;
    std::vector<std::thread> threads;
    world.app.get("/timer", [&](Response response) { world.app.after(1s, [response] { response.send("timer"); }); });
    world.app.get("/post", [&](Request& request, Response response) {
        world.app.post([&request, response] { response.send(request.path()); });
    });
    world.app.get("/thread", [&](Response response) {
        threads.emplace_back([&world, response]() mutable {
            world.app.post([response = std::move(response)] { response.send("thread"); });
        });
    });
    world.app.get("/wait/:name", [&](Request& request, Response response) {
        const std::string name(request.parameter("name"));
        waiting.insert_or_assign(name, response);
        response.on_abort([&, name] { waiting.erase(name); });
    });
    world.app.get("/wake/:name", [&](Request& request, Response response) {
        if (const auto found = waiting.find(std::string(request.parameter("name"))); found != waiting.end()) {
            found->second.send("woken");
            waiting.erase(found);
        }
        response.end();
    });
    CHECK(answers(get(world, "/timer"), "200", "timer"));
    CHECK(answers(get(world, "/post"), "200", "/post"));
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send("GET /thread HTTP/1.1\r\nHost: a\r\n\r\n");
    world.settle();
    threads.front().join();
    world.settle();
    CHECK(answers(peer.received(), "200", "thread"));
    net::SimulatedPeer& one = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    net::SimulatedPeer& two = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    one.send("GET /wait/one HTTP/1.1\r\nHost: a\r\n\r\n");
    two.send("GET /wait/two HTTP/1.1\r\nHost: a\r\n\r\n");
    world.settle();
    two.reset();
    world.settle();
    CHECK(waiting.size() == 1);
    static_cast<void>(get(world, "/wake/one"));
    CHECK(answers(one.received(), "200", "woken"));
}

TEST_CASE("routes and middlewares may be added by a handler, and a request may answer twice or not at all") {
    World world;
    Words failures;
    world.app.on_error([&](const HandlerFailure& failure) { failures.emplace_back(failure.message); });
    world.app.get("/add", [&](Response response) {
        for (int i = 0; i < 100; ++i)
            world.app.get("/added/" + std::to_string(i), [i](Response added) { added.json(i); });
        world.app.use("/added", [](Request&, Response, Next next) { next(); });
        response.send("added");
    });
    world.app.get("/twice", [](Response response) {
        response.send("one");
        response.send("two");
        response.status(500).json(2);
    });
    world.app.get("/none", [](Request&, Response) {});
    world.app.use("/next", [](Request&, Response response, Next next) {
        next();
        next();
        response.send("too late");
    });
    world.app.get("/next", [](Response response) { response.send("next"); });
    CHECK(answers(get(world, "/add"), "200", "added"));
    CHECK(answers(get(world, "/added/99"), "200", "99"));
    CHECK(answers(get(world, "/twice"), "200", "one"));
    CHECK(get(world, "/none").starts_with("HTTP/1.1 500"));
    CHECK(answers(get(world, "/next"), "200", "next"));
}

TEST_CASE("whatever a handler throws is 500, also behind its answer, and from a chain of middlewares") {
    World world;
    Words failures;
    world.app.on_error([&](const HandlerFailure& failure) { failures.emplace_back(failure.message); });
    world.app.get("/text", [](Response) { throw std::string("text"); });
    world.app.get("/number", [](Response) { throw 7; });
    world.app.get("/behind", [](Response response) {
        response.send("sent");
        throw std::runtime_error("behind");
    });
    world.app.use("/chain", [](Request&, Response, Next next) { next(); });
    world.app.get("/chain", [](Response) { throw std::out_of_range("chain"); });
    world.app.get("/at", [](Request& request, Response response) {
        const std::map<std::string, int, std::less<>> prices{{"tea", 2}};
        response.json(prices.at(std::string(request.query("what"))));
    });
    for (const char* target : {"/text", "/number", "/chain", "/at?what=gold"})
        CHECK(get(world, target).starts_with("HTTP/1.1 500"));
    CHECK(answers(get(world, "/behind"), "200", "sent"));
    CHECK(answers(get(world, "/at?what=tea"), "200", "2"));
    CHECK(failures.size() == 5);
}

}  // namespace parley::server::test
