// SPDX-License-Identifier: MIT
//
// What pages and sockets share by the browser's cookies.
#include <doctest/doctest.h>

#include <string>

#include "parley/web.hpp"
#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

TEST_CASE("a session that a page was given is there in the handshake of its socket, as it was when that was opened") {
    World world;
    const CookieSessions sessions({.keys = {std::string(32, 'k')}, .max_age = std::chrono::seconds(60)});
    world.app.get("/login", [&](Response response) { sessions.write(response, std::string("ada")).end(); });
    net::SimulatedPeer& page = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    page.send("GET /login HTTP/1.1\r\nHost: a\r\n\r\n");
    world.settle();
    const std::string answer = page.received();
    const std::size_t begin = answer.find("Set-Cookie: ") + 12;
    const std::string pair = answer.substr(begin, answer.find(';', begin) - begin);

    Socket kept;
    world.io->on_connection([&](Socket socket) { kept = socket; });
    WebSocketClient client(world, "EIO=4&transport=websocket", "Cookie: a%20=no; b=1%202; " + pair + "\r\n");
    client.join();
    REQUIRE(kept.connected());
    CHECK(kept.handshake().cookie("b") == "1 2");
    CHECK(kept.handshake().cookie("none").empty());
    CHECK(sessions.read<std::string>(kept.handshake()) == "ada");
    world.pass(61s);
    CHECK(sessions.read<std::string>(kept.handshake()) == "ada");

    WebSocketClient late(world, "EIO=4&transport=websocket", "Cookie: " + pair + "\r\n");
    late.join();
    CHECK(sessions.read<std::string>(kept.handshake()).error().code == ErrorCode::timed_out);
    WebSocketClient stranger(world);
    stranger.join();
    CHECK(sessions.read<std::string>(kept.handshake()).error().code == ErrorCode::not_found);
}

}  // namespace
}  // namespace parley::server::test
