// SPDX-License-Identifier: MIT
// What a program adds to the engine: middlewares, and hooks for the headers of its answers.
#include "parley/server/server_engine.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/server.hpp"
#include "tests/support/socketio_world.hpp"
#include "tests/support/web_site.hpp"

namespace parley::server::test {
namespace {

using web::test::count;
using web::test::has_line;
using web::test::status_of;
using web::test::upgrade_request;

const std::string handshake = "/socket.io/?EIO=4&transport=polling";

net::SimulatedPeer& send(World& world, std::string_view octets) {
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send(octets);
    world.settle();
    return peer;
}

std::string request(std::string_view method, std::string_view target, std::string_view body = {}) {
    std::string octets = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n";
    if (!body.empty()) octets += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return octets + "\r\n" + std::string(body);
}

std::string get(World& world, std::string_view target) {
    return send(world, request("GET", target)).received();
}

std::string upgrade(World& world, std::string_view query = "EIO=4&transport=websocket") {
    return send(world, upgrade_request("/socket.io/?" + std::string(query))).received();
}

std::string beside(std::string_view sid) {
    return handshake + "&sid=" + std::string(sid);
}

// Every line of a session's life by polling, with its upgrade.
struct Life {
    explicit Life(World& world) {
        opening = get(world, handshake);
        const std::string sid = sid_of(opening);
        posting = send(world, request("POST", beside(sid), "40")).received();
        poll = get(world, beside(sid));
        probe = upgrade(world, "EIO=4&transport=websocket&sid=" + sid);
    }
    std::string opening;
    std::string posting;
    std::string poll;
    std::string probe;
};

}  // namespace

TEST_CASE(
    "middlewares of the engine see all of its requests in their order, and their headers leave with all answers") {
    World world;
    Words seen;
    world.io->engine().use(
        [&](Request& request, Response response, Next next) {
            seen.push_back(std::string(request.method()) + " " + std::string(request.query("transport")));
            response.set("X-One", "1").append("Set-Cookie", "theirs=1");
            next();
        },
        [&](Request&, Response response, Next next) {
            response.set("X-Two", std::string(response.header("X-One")) + "2");
            next();
        });
    world.app.get("/", [](Response response) { response.send("page"); });
    const Life life(world);
    const std::string unknown = get(world, beside("nobody"));
    const std::string direct = upgrade(world);
    CHECK(seen == Words{"GET polling", "POST polling", "GET polling", "GET websocket", "GET polling", "GET websocket"});
    for (const std::string& answer : {life.opening, life.posting, life.poll, life.probe, unknown, direct}) {
        CHECK(has_line(answer, "X-One: 1"));
        CHECK(has_line(answer, "X-Two: 12"));
        CHECK(has_line(answer, "Set-Cookie: theirs=1"));
    }
    CHECK(status_of(life.opening) == 200);
    CHECK(status_of(life.posting) == 200);
    CHECK(life.poll.ends_with('}'));
    CHECK(status_of(life.probe) == 101);
    CHECK(status_of(direct) == 101);
    CHECK(status_of(unknown) == 400);
    CHECK_FALSE(has_line(get(world, "/"), "X-One: 1"));  // is the application's
    CHECK(world.io->clients_count() == 2);
    CHECK(world.failures.empty());
}

TEST_CASE("a middleware of the engine comes before every check, but neither before preflights nor the browser client") {
    World world(ServerOptions{.cors = {.origin = "https://chat.example"},
                              .allow_request = [](const Handshake&) { return false; }});
    Words seen;
    world.io->engine().use([&](Request& request, Response, Next next) {
        seen.emplace_back(request.url());
        next();
    });
    CHECK(status_of(send(world, request("OPTIONS", handshake)).received()) == 204);
    get(world, "/socket.io/socket.io.js");
    CHECK(seen.empty());
    const std::string refused = get(world, handshake);
    CHECK(status_of(refused) == 403);
    CHECK(has_line(refused, "Access-Control-Allow-Origin: https://chat.example"));
    CHECK(status_of(get(world, "/socket.io/?transport=none")) == 400);
    CHECK(seen == Words{handshake, "/socket.io/?transport=none"});
}

TEST_CASE("a middleware of the engine may answer itself, a request for a WebSocket too") {
    World world(ServerOptions{.cookie = {.name = "io"}});
    world.io->engine().use([](Request& request, Response response, Next next) {
        if (request.query("user") == "ada") return next();
        response.status(401).send("who?");
    });
    const std::string refused = get(world, handshake);
    CHECK(status_of(refused) == 401);
    CHECK(refused.ends_with("who?"));
    net::SimulatedPeer& peer = send(world, upgrade_request("/socket.io/?EIO=4&transport=websocket"));
    CHECK(status_of(peer.received()) == 401);
    CHECK(peer.is_closed());
    CHECK(status_of(get(world, handshake + "&user=ada")) == 200);
    CHECK(status_of(upgrade(world, "EIO=4&transport=websocket&user=ada")) == 101);
    CHECK(world.io->clients_count() == 2);
}

TEST_CASE("a middleware of the engine may go on later: on another turn, and only once") {
    World world;
    world.io->engine().use([&](Request&, Response response, Next next) {
        world.io->after(1s, [response, next] {
            response.set("X-Late", "yes");
            next();
            next();
        });
    });
    net::SimulatedPeer& opening = send(world, request("GET", handshake));
    net::SimulatedPeer& dialing = send(world, upgrade_request("/socket.io/?EIO=4&transport=websocket"));
    CHECK(opening.received().empty());
    CHECK(dialing.received().empty());
    CHECK(world.io->clients_count() == 0);
    world.pass(2s);
    CHECK(has_line(opening.received(), "X-Late: yes"));
    CHECK(status_of(opening.received()) == 200);
    CHECK(status_of(dialing.received()) == 101);
    CHECK(has_line(dialing.received(), "X-Late: yes"));
    CHECK(world.io->clients_count() == 2);
    const std::string sid = sid_of(opening.received());
    net::SimulatedPeer& posting = send(world, request("POST", beside(sid), "40"));
    world.pass(2s);
    CHECK(posting.received().ends_with("ok"));
}

TEST_CASE("a client that goes while a middleware of the engine thinks leaves nothing behind") {
    World world;
    std::vector<Next> waiting;
    world.io->engine().use([&](Request&, Response, Next next) { waiting.push_back(std::move(next)); });
    send(world, request("GET", handshake)).reset();
    send(world, upgrade_request("/socket.io/?EIO=4&transport=websocket")).reset();
    world.settle();
    REQUIRE(waiting.size() == 2);
    for (const Next& next : waiting)
        next();
    world.settle();
    CHECK(world.io->clients_count() == 0);
    CHECK(world.failures.empty());
}

TEST_CASE("a request that waits in a middleware of the engine when the server goes is answered 503") {
    World world;
    std::vector<Next> waiting;
    world.io->engine().use([&](Request& request, Response, Next next) {
        if (request.has_query("destroy")) {
            world.io.reset();
            return next();  // from inside, too
        }
        waiting.push_back(std::move(next));
    });
    net::SimulatedPeer& opening = send(world, request("GET", handshake));
    net::SimulatedPeer& dialing = send(world, upgrade_request("/socket.io/?EIO=4&transport=websocket"));
    CHECK(status_of(get(world, handshake + "&destroy")) == 503);
    CHECK(opening.received().empty());
    REQUIRE(waiting.size() == 2);
    for (const Next& next : std::exchange(waiting, {}))
        next();
    world.settle();
    CHECK(status_of(opening.received()) == 503);
    CHECK(status_of(dialing.received()) == 503);
    CHECK(status_of(get(world, handshake)) == 404);
}

TEST_CASE("a middleware of the engine that fails or loses its request is answered for by the application") {
    World world;
    Words failures;
    world.app.on_error([&](const HandlerFailure& failure) { failures.emplace_back(failure.message); });
    world.io->engine().use([&](Request& request, Response response, Next) {
        if (request.query("how") == "throw") throw std::runtime_error("ouch");
        if (request.query("how") == "refuse") throw HttpError(401, "who?").set("WWW-Authenticate", "Basic");
        if (request.query("how") == "answer") response.send("mine");
    });
    CHECK(status_of(get(world, handshake)) == 500);
    CHECK(status_of(get(world, handshake + "&how=throw")) == 500);
    CHECK(status_of(upgrade(world, "EIO=4&transport=websocket&how=throw")) == 500);
    const std::string refused = upgrade(world, "EIO=4&transport=websocket&how=refuse");
    CHECK(status_of(refused) == 401);
    CHECK(has_line(refused, "WWW-Authenticate: Basic"));
    CHECK(failures == Words{"no answer was sent, and no copy of the Response is left", "ouch", "ouch"});
    world.app.use([](const HandlerFailure& failure, Request&, Response response) {
        response.send("sorry: " + std::string(failure.message));
    });
    CHECK(get(world, handshake + "&how=refuse").ends_with("sorry: who?"));
    CHECK(world.io->clients_count() == 0);
}

TEST_CASE("an answer of a middleware behind its next() is too late, or ends the session, and no more") {
    World world;
    std::optional<Response> kept;
    world.io->engine().use([&](Request& request, Response response, Next next) {
        if (request.has_query("begin")) response.write("half");
        kept = response;
        next();
    });
    const std::string opening = get(world, handshake);
    CHECK(status_of(opening) == 200);
    kept->send("late");
    const std::string sid = sid_of(opening);
    net::SimulatedPeer& poll = send(world, request("GET", beside(sid)));
    kept->send("in its place");
    world.settle();
    CHECK(poll.received().ends_with("in its place"));
    net::SimulatedPeer& cut = send(world, upgrade_request("/socket.io/?EIO=4&transport=websocket&begin"));
    CHECK(cut.received().find("101") == std::string::npos);
    CHECK(cut.is_closed());
    world.pass(1h);
    CHECK(world.io->clients_count() == 0);
}

TEST_CASE("initial_headers sees the first answer of each session, headers each of them, and neither a refusal") {
    World world(ServerOptions{.cookie = {.name = "io"}});
    Words seen;
    world.io->engine().on_headers([&](ResponseHeaders& headers, const Request& request) {
        seen.push_back("headers " + std::string(request.query("transport")));
        headers.set("X-Every", std::string(headers.find("X-First").value_or("no")));
    });
    world.io->engine().on_initial_headers([&](ResponseHeaders& headers, Request& request) {
        seen.push_back("initial " + std::string(request.query("transport")));
        CHECK(headers.set("X-First", "yes"));
        CHECK(headers.add("Set-Cookie", "sticky=7"));
        CHECK_FALSE(headers.set("Content-Length", "0"));
        CHECK_FALSE(headers.set("X-Forged", "a\r\nb: c"));
    });
    const Life life(world);
    CHECK(std::exchange(seen, {}) ==
          Words{"initial polling", "headers polling", "headers polling", "headers polling", "headers websocket"});
    CHECK(has_line(life.opening, "X-First: yes"));
    CHECK(has_line(life.opening, "X-Every: yes"));
    CHECK(count(life.opening, "Set-Cookie: io=") == 1);
    CHECK(count(life.opening, "Set-Cookie: sticky=7") == 1);
    for (const std::string& answer : {life.posting, life.poll, life.probe}) {
        CHECK(has_line(answer, "X-Every: no"));
        CHECK(answer.find("X-First") == std::string::npos);
    }
    CHECK(has_line(upgrade(world), "X-First: yes"));
    CHECK(std::exchange(seen, {}) == Words{"initial websocket", "headers websocket"});
    get(world, beside("nobody"));
    upgrade(world, "EIO=3&transport=websocket");
    send(world,
         "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
         "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n");
    CHECK(seen.empty());
}

TEST_CASE("a hook for headers that throws is reported, and the answer leaves") {
    World world;
    Words failures;
    world.app.on_error([&](const HandlerFailure& failure) {
        failures.push_back(std::string(failure.where) + ": " + std::string(failure.message));
    });
    world.io->engine().on_headers([](ResponseHeaders& headers, Request&) {
        headers.set("X-Set", "before");
        throw std::runtime_error("ouch");
    });
    for (const std::string& answer : {get(world, handshake), upgrade(world)})
        CHECK(has_line(answer, "X-Set: before"));
    CHECK(failures == Words{"headers: ouch", "headers: ouch"});
    CHECK(world.io->clients_count() == 2);
}

TEST_CASE("a hook for headers may register another, and destroy the server") {
    const auto destroy_by = [](World& world, std::string_view how, auto ask) {
        bool is_second_called = false;
        world.io->engine().on_initial_headers([&](ResponseHeaders&, Request&) {
            world.io->engine().on_headers([&](ResponseHeaders&, Request&) { is_second_called = true; });
            if (how == "server") world.io.reset();
        });
        ask(world);
        world.settle();
        CHECK(is_second_called == (how == "nothing"));
        if (how == "server") CHECK(status_of(get(world, handshake)) == 404);
    };
    for (const char* how : {"nothing", "server"}) {
        World polled;
        destroy_by(polled, how, [](World& world) { get(world, handshake); });
        World dialed;
        destroy_by(dialed, how, [](World& world) { upgrade(world); });
    }
}

TEST_CASE("what is added to an engine is a function") {
    World world;
    const ServerEngine engine = world.io->engine();
    CHECK_THROWS_WITH_AS(engine.use(web::Handler()), "ServerEngine::use() needs a function: this one is empty.",
                         SetupError);
    CHECK_THROWS_AS(engine.on_headers(nullptr), SetupError);
    CHECK_THROWS_AS(engine.on_initial_headers(nullptr), SetupError);
}

}  // namespace parley::server::test
