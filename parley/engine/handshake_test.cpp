// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"
#include "tests/support/engine_site.hpp"

namespace parley::engine {
namespace {

using namespace test;

TEST_CASE("a handshake by polling is answered with the open packet") {
    EngineSite site;
    const std::string answer = site.ask("GET", "EIO=4&transport=polling");
    CHECK(status_of(answer) == 200);
    CHECK(has_line(answer, "Content-Type: text/plain; charset=UTF-8"));
    CHECK(has_line(answer, "Cache-Control: no-store"));
    CHECK(answer.find("Access-Control") == std::string::npos);
    CHECK(answer.find("Set-Cookie") == std::string::npos);
    const std::string body(body_of(answer));
    CHECK(body.starts_with(R"(0{"sid":")"));
    CHECK(
        body.ends_with(R"(,"upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})"));
    CHECK(site.log == Words{"session"});
    CHECK(site.engine->session_count() == 1);
}

TEST_CASE("a handshake by WebSocket is answered 101 and the open packet") {
    EngineSite site;
    net::SimulatedPeer& peer = site.dial("EIO=4&transport=websocket");
    CHECK(status_of(peer.received()) == 101);
    const Words frames = EngineSite::frames(peer);
    REQUIRE(frames.size() == 1);
    CHECK(frames.front().starts_with(R"(text 0{"sid":")"));
    CHECK(frames.front().find(R"("upgrades":[])") != std::string::npos);
}

TEST_CASE("session ids are distinct") {
    EngineSite site;
    std::set<std::string> ids;
    for (int i = 0; i < 500; ++i) {
        const std::string sid = site.open();
        CHECK(sid.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
              std::string::npos);
        ids.insert(sid);
    }
    CHECK(ids.size() == 500);
}

TEST_CASE("the program sees the request that opened the session") {
    EngineSite site;
    site.ask("GET", "EIO=4&transport=polling&room=t%20ea", {}, "X-Token: abc\r\nOrigin: http://b\r\n");
    REQUIRE(site.sessions.size() == 1);
    const Handshake& request = site.sessions.front()->handshake();
    CHECK(request.url == "/engine.io/?EIO=4&transport=polling&room=t%20ea");
    CHECK(request.header("x-token") == "abc");
    CHECK(request.header("HOST") == "a");
    CHECK(request.header("cookie").empty());
    CHECK(request.query.find("room") == "t ea");
    CHECK(request.headers().size() == 3);
    CHECK(request.xdomain);
    CHECK_FALSE(request.secure);
    CHECK_FALSE(request.address.empty());
}

TEST_CASE("every refusal has its status and body, and leaves no session") {
    struct Case {
        std::string_view method;
        std::string_view query;
        int status;
        std::string_view body;
        std::string_view headers = {};
    };
    const Case cases[] = {
        {"GET", "EIO=4", 400, R"({"code":0,"message":"Transport unknown"})"},
        {"GET", "EIO=4&transport=__proto__", 400, R"({"code":0,"message":"Transport unknown"})"},
        {"GET", "EIO=4&transport=polling&sid=nobody", 400, R"({"code":1,"message":"Session ID unknown"})"},
        {"POST", "EIO=4&transport=polling", 400, R"({"code":2,"message":"Bad handshake method"})"},
        {"PUT", "EIO=4&transport=polling", 400, R"({"code":2,"message":"Bad handshake method"})"},
        {"OPTIONS", "EIO=4&transport=polling", 400, R"({"code":2,"message":"Bad handshake method"})"},
        {"GET", "EIO=4&transport=websocket", 400, R"({"code":3,"message":"Bad request"})"},
        {"GET", "EIO=4&transport=polling", 400, R"({"code":3,"message":"Bad request"})", "Origin: a b\r\n"},
        {"GET", "EIO=4&transport=polling", 400, R"({"code":3,"message":"Bad request"})",
         "Origin: http://a\r\nOrigin: http://b\r\n"},
        {"GET", "EIO=4&transport=polling", 403, R"({"code":4,"message":"Forbidden"})", "X-Refuse: yes\r\n"},
        {"GET", "EIO=4&transport=polling", 403, R"({"code":4,"message":"not today"})", "X-Refuse: not today\r\n"},
        {"GET", "transport=polling", 400, R"({"code":5,"message":"Unsupported protocol version"})"},
        {"GET", "EIO=3&transport=polling", 400, R"({"code":5,"message":"Unsupported protocol version"})"},
    };
    EngineSite site;
    for (const Case& c : cases) {
        CAPTURE(c.query);
        const std::string answer = site.ask(c.method, c.query, {}, c.headers);
        CHECK(status_of(answer) == c.status);
        CHECK(has_line(answer, "Content-Type: application/json"));
        CHECK(body_of(answer) == c.body);
    }
    CHECK(site.engine->session_count() == 0);
    CHECK(site.log.empty());
}

TEST_CASE("a refused upgrade is HTTP with the sentence as body, and the connection is closed") {
    struct Case {
        std::string_view query;
        std::string_view body;
        std::string_view headers = {};
    };
    const Case cases[] = {
        {"EIO=4", "Transport unknown"},
        {"EIO=4&transport=websocket&sid=nobody", "Session ID unknown"},
        {"EIO=4&transport=polling", "Bad request"},
        {"EIO=3&transport=websocket", "Unsupported protocol version"},
        {"transport=websocket", "Unsupported protocol version"},
        {"EIO=4&transport=websocket", "Forbidden", "X-Refuse: yes\r\n"},
    };
    EngineSite site;
    for (const Case& c : cases) {
        CAPTURE(c.query);
        net::SimulatedPeer& peer = site.dial(c.query, c.headers);
        CHECK(status_of(peer.received()) == 400);
        CHECK(has_line(peer.received(), "Content-Type: text/html"));
        CHECK(has_line(peer.received(), "Connection: close"));
        CHECK(body_of(peer.received()) == c.body);
        CHECK(peer.is_ended());
    }
    CHECK(site.engine->session_count() == 0);
}

TEST_CASE("other paths are not the engine's") {
    EngineSite site;
    site.site.app.get("/engine.io", [](Response response) { response.send("mine"); });
    CHECK(body_of(site.site.get("/engine.io?EIO=4&transport=polling")) == "mine");
    CHECK(status_of(site.site.get("/other/?EIO=4&transport=polling")) == 404);
    CHECK(status_of(site.site.get("/engine.io/anything?EIO=4&transport=polling")) == 200);
}

TEST_CASE("the session cookie comes with the handshake only, and only when wanted") {
    engineio::Options options;
    options.cookie.emplace();
    EngineSite site(options);
    const std::string answer = site.ask("GET", "EIO=4&transport=polling");
    const std::string sid(body_of(answer).substr(9, 20));
    CHECK(has_line(answer, "Set-Cookie: io=" + sid + "; Path=/; HttpOnly; SameSite=Lax"));
    site.sessions.front()->send(engineio::packet_of({"x"}));
    CHECK(site.ask("GET", EngineSite::polling(sid)).find("Set-Cookie") == std::string::npos);
}

TEST_CASE("options that make no sense are refused when the engine is made") {
    engineio::Options options;
    options.path = "no-slash";
    CHECK_THROWS_AS(EngineSite{options}, SetupError);
}

// --- cross-origin

engineio::Options with_origins(std::vector<std::string> origins) {
    engineio::Options options;
    options.cors = http::CorsRule{.origins = std::move(origins)};
    return options;
}

TEST_CASE("a preflight is answered 204 with the grants") {
    EngineSite site(with_origins({"http://page.example"}));
    const std::string answer = site.ask("OPTIONS", "EIO=4&transport=polling", {},
                                        "Origin: http://page.example\r\nAccess-Control-Request-Method: POST\r\n"
                                        "Access-Control-Request-Headers: x-token\r\n");
    CHECK(status_of(answer) == 204);
    CHECK(has_line(answer, "Access-Control-Allow-Origin: http://page.example"));
    CHECK(has_line(answer, "Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE"));
    CHECK(has_line(answer, "Access-Control-Allow-Headers: x-token"));
    CHECK(has_line(answer, "Vary: Origin, Access-Control-Request-Headers"));
    CHECK(body_of(answer).empty());
}

TEST_CASE("a page of an allowed origin may poll, post and upgrade") {
    EngineSite site(with_origins({"http://page.example", "http://other.example"}));
    constexpr std::string_view origin = "Origin: http://page.example\r\n";
    constexpr std::string_view grant = "Access-Control-Allow-Origin: http://page.example";
    const std::string answer = site.ask("GET", "EIO=4&transport=polling", {}, origin);
    CHECK(status_of(answer) == 200);
    CHECK(has_line(answer, grant));
    const std::string sid(body_of(answer).substr(9, 20));
    CHECK(has_line(site.ask("POST", EngineSite::polling(sid), "4a", origin), grant));
    CHECK(has_line(site.ask("GET", EngineSite::polling(sid), {}, origin), grant));
    CHECK(has_line(site.ask("GET", EngineSite::polling("nobody"), {}, origin), grant));
    net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid), origin);
    CHECK(status_of(peer.received()) == 101);
    CHECK(has_line(peer.received(), grant));
}

TEST_CASE("with a list of origins a foreign page is refused by both transports, and the own page is not") {
    EngineSite site(with_origins({"http://page.example"}));
    const std::string answer = site.ask("GET", "EIO=4&transport=polling", {}, "Origin: http://evil.example\r\n");
    CHECK(status_of(answer) == 403);
    CHECK(body_of(answer) == R"({"code":4,"message":"Forbidden"})");
    CHECK(answer.find("http://evil.example") == std::string::npos);
    CHECK(status_of(site.dial("EIO=4&transport=websocket", "Origin: http://evil.example\r\n").received()) == 403);
    CHECK(site.engine->session_count() == 0);

    CHECK(status_of(site.dial("EIO=4&transport=websocket", "Origin: http://a\r\n").received()) == 101);
    CHECK(status_of(site.dial("EIO=4&transport=websocket").received()) == 101);
}

TEST_CASE(
    "without the option a foreign page gets no CORS header and its WebSocket is taken, as by the official server") {
    EngineSite site;
    const std::string answer = site.ask("GET", "EIO=4&transport=polling", {}, "Origin: http://evil.example\r\n");
    CHECK(status_of(answer) == 200);
    CHECK(answer.find("Access-Control") == std::string::npos);
    CHECK(answer.find("Vary") == std::string::npos);
    CHECK(status_of(site.dial("EIO=4&transport=websocket", "Origin: http://evil.example\r\n").received()) == 101);
}

}  // namespace
}  // namespace parley::engine
