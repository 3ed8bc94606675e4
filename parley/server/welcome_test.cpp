// SPDX-License-Identifier: MIT
#include "parley/server/welcome.hpp"

#include <doctest/doctest.h>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

TEST_CASE("the page of a server without an application stands at / alone, and only until there is a route") {
    World world;
    world.app.set_fallback(server::detail::welcome_page("/a<b&c", true));
    const auto answer = [&](std::string_view request_line) {
        net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
        peer.send(std::string(request_line) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        world.settle();
        return peer.received();
    };
    const std::string page = answer("GET /");
    CHECK(page.starts_with("HTTP/1.1 200"));
    CHECK(page.find("text/html") != std::string::npos);
    CHECK(page.find("src=\"/a&lt;b&amp;c/socket.io.js\"") != std::string::npos);
    CHECK(page.find("a<b") == std::string::npos);
    CHECK(answer("HEAD /").starts_with("HTTP/1.1 200"));
    CHECK(answer("POST /").starts_with("HTTP/1.1 404"));
    CHECK(answer("GET /other").starts_with("HTTP/1.1 404"));
    CHECK(answer("GET /socket.io/").starts_with("HTTP/1.1 400"));

    world.app.get("/", [](const Response& response) { response.send("mine"); });
    CHECK(answer("GET /").find("mine") != std::string::npos);
}

TEST_CASE("the page names no client where none is served") {
    World world;
    world.app.set_fallback(server::detail::welcome_page("/live", false));
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    world.settle();
    CHECK(peer.received().find("/live/") != std::string::npos);
    CHECK(peer.received().find("socket.io.js") == std::string::npos);
}
