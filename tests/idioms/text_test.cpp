// SPDX-License-Identifier: MIT
#include "parley/web/websocket_server.hpp"
// Literals with zeros, buffers that nobody terminated and arrays of octets, at every way in: parley/base/octets.hpp.
#include <doctest/doctest.h>
#include "parley/web/websocket_server.hpp"

#include <array>
#include <cstdio>
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
#include "tests/support/socketio_world.hpp"

#include "parley/web/websocket_server.hpp"
namespace parley::server::test {
#include "parley/web/websocket_server.hpp"
namespace {
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
using namespace std::string_literals;
#include "parley/web/websocket_server.hpp"
using namespace std::string_view_literals;
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
struct Labelled {
#include "parley/web/websocket_server.hpp"
    char label[4] = {'a', 'b', 'c', 'd'};
#include "parley/web/websocket_server.hpp"
    char padded[8] = "xy";
#include "parley/web/websocket_server.hpp"
};
#include "parley/web/websocket_server.hpp"
PARLEY_JSON_FIELDS(Labelled, label, padded)
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
inline constexpr Event<void(std::string, std::string_view, std::optional<std::string>)> said{"said"};
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
// `full` has no terminator; what stands behind it in memory is nobody's business.
#include "parley/web/websocket_server.hpp"
struct Buffers {
#include "parley/web/websocket_server.hpp"
    char full[4] = {'a', 'b', 'c', 'd'};
#include "parley/web/websocket_server.hpp"
    char behind[4] = {'S', 'E', 'C', 'R'};
#include "parley/web/websocket_server.hpp"
    char numbers[5] = {0, 1, 2, 3, 4};
#include "parley/web/websocket_server.hpp"
    unsigned char octets[5] = {0, 1, 2, 3, 4};
#include "parley/web/websocket_server.hpp"
    std::byte bytes[2] = {std::byte{0}, std::byte{9}};
#include "parley/web/websocket_server.hpp"
    char printed[16] = "............!!!";
#include "parley/web/websocket_server.hpp"
    const char* pointer = "text";
#include "parley/web/websocket_server.hpp"
    char* changing = printed;
#include "parley/web/websocket_server.hpp"
    const char* null = nullptr;
#include "parley/web/websocket_server.hpp"
    Buffers() { std::snprintf(printed, sizeof printed, "%d%%", 42); }
#include "parley/web/websocket_server.hpp"
};
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
}  // namespace
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("an emit takes literals, buffers and pointers as the text that they are, and bytes as all of them") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Buffers given;
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    const Socket socket = world.io->find_socket(client.join());
#include "parley/web/websocket_server.hpp"
    socket.emit("x", "a\0b", given.full, given.numbers, given.printed);
#include "parley/web/websocket_server.hpp"
    socket.emit("y", given.pointer, given.changing, given.null, Labelled());
#include "parley/web/websocket_server.hpp"
    socket.emit("z", given.bytes, to_bytes(given.full), to_bytes("\0\1"));
#include "parley/web/websocket_server.hpp"
    socket.emit(said, given.full, given.printed, "a\0b");
#include "parley/web/websocket_server.hpp"
    world.io->emit("all", given.full, given.printed);
#include "parley/web/websocket_server.hpp"
    CHECK(client.receive() == Words{R"(42["x","a\u0000b","abcd","","42%"])",
#include "parley/web/websocket_server.hpp"
                                    R"(42["y","text","42%",null,{"label":"abcd","padded":"xy"}])",
#include "parley/web/websocket_server.hpp"
                                    R"(453-["z",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1},)"
#include "parley/web/websocket_server.hpp"
                                    R"({"_placeholder":true,"num":2}])",
#include "parley/web/websocket_server.hpp"
                                    "<\0\x09>"s, "<abcd>", "<\0\1>"s, R"(42["said","abcd","42%","a\u0000b"])",
#include "parley/web/websocket_server.hpp"
                                    R"(42["all","abcd","42%"])"});
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("an answer, a Json and JSON text take them in the same way") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Buffers given;
#include "parley/web/websocket_server.hpp"
    world.io->on("x", [&](Ack ack) { ack("a\0b", given.full, given.printed); });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    client.join();
#include "parley/web/websocket_server.hpp"
    CHECK(client.ask(R"(421["x"])") == Words{R"(431["a\u0000b","abcd","42%"])"});
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
    CHECK(Json("a\0b") == Json("a\0b"sv));
#include "parley/web/websocket_server.hpp"
    CHECK(Json(given.full) == "abcd");
#include "parley/web/websocket_server.hpp"
    CHECK(Json(given.printed) == "42%");
#include "parley/web/websocket_server.hpp"
    CHECK(Json(given.null).is_null());
#include "parley/web/websocket_server.hpp"
    CHECK(Json::from(given.printed) == "42%");
#include "parley/web/websocket_server.hpp"
    const Json object = Json::object({{"a\0b", given.full}, {given.printed, 1}});
#include "parley/web/websocket_server.hpp"
    CHECK(to_json(object) == R"({"a\u0000b":"abcd","42%":1})");
#include "parley/web/websocket_server.hpp"
    CHECK(object["a\0b"] == "abcd");
#include "parley/web/websocket_server.hpp"
    CHECK(object[given.printed] == 1);
#include "parley/web/websocket_server.hpp"
    CHECK(to_json(given.printed) == R"("42%")");
#include "parley/web/websocket_server.hpp"
    CHECK(to_json("a\0b") == R"("a\u0000b")");
#include "parley/web/websocket_server.hpp"
    CHECK(parse_json(given.printed).has_value() == false);
#include "parley/web/websocket_server.hpp"
    CHECK(to_json(Labelled()) == R"({"label":"abcd","padded":"xy"})");
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("names of rooms, events and namespaces are taken in the same way") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Buffers given;
#include "parley/web/websocket_server.hpp"
    int heard = 0;
#include "parley/web/websocket_server.hpp"
    world.io->on(given.full, [&] { ++heard; });
#include "parley/web/websocket_server.hpp"
    world.io->on("a\0b", [&] { heard += 10; });
#include "parley/web/websocket_server.hpp"
    WebSocketClient client(world);
#include "parley/web/websocket_server.hpp"
    const Socket socket = world.io->find_socket(client.join());
#include "parley/web/websocket_server.hpp"
    client.send(R"(42["abcd"])");
#include "parley/web/websocket_server.hpp"
    client.send(R"(42["a\u0000b"])");
#include "parley/web/websocket_server.hpp"
    CHECK(heard == 11);
#include "parley/web/websocket_server.hpp"
    socket.join(given.full);
#include "parley/web/websocket_server.hpp"
    socket.join({given.printed, "a\0b"});
#include "parley/web/websocket_server.hpp"
    CHECK(socket.rooms() == Words{socket.id(), "abcd", "42%", "a\0b"s});
#include "parley/web/websocket_server.hpp"
    world.io->to("a\0b").emit(given.full);
#include "parley/web/websocket_server.hpp"
    CHECK(client.receive() == Words{R"(42["abcd"])"});
#include "parley/web/websocket_server.hpp"
    CHECK(world.io->of(given.full).name() == "/abcd");
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a response takes its headers and its body in the same way") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    Buffers given;
#include "parley/web/websocket_server.hpp"
    const auto get = [&](std::string_view target) {
#include "parley/web/websocket_server.hpp"
        net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
#include "parley/web/websocket_server.hpp"
        peer.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
#include "parley/web/websocket_server.hpp"
        world.settle();
#include "parley/web/websocket_server.hpp"
        return peer.received();
#include "parley/web/websocket_server.hpp"
    };
#include "parley/web/websocket_server.hpp"
    world.app.get("/literal", [](Response response) { response.send("a\0b"); });
#include "parley/web/websocket_server.hpp"
    world.app.get("/full", [&](Response response) { response.set("X-Full", given.full).send(given.full); });
#include "parley/web/websocket_server.hpp"
    world.app.get("/printed", [&](Response response) { response.set("X-Printed", given.printed).send(given.printed); });
#include "parley/web/websocket_server.hpp"
    world.app.get("/json", [&](Response response) { response.json(given.printed); });
#include "parley/web/websocket_server.hpp"
    world.app.get("/null", [&](Response response) { response.send(given.null); });
#include "parley/web/websocket_server.hpp"
    CHECK(get("/literal").ends_with("\r\n\r\na\0b"sv));
#include "parley/web/websocket_server.hpp"
    CHECK(get("/full").ends_with("\r\n\r\nabcd"));
#include "parley/web/websocket_server.hpp"
    CHECK(get("/full").find("X-Full: abcd\r\n") != std::string::npos);
#include "parley/web/websocket_server.hpp"
    CHECK(get("/printed").ends_with("\r\n\r\n42%"));
#include "parley/web/websocket_server.hpp"
    CHECK(get("/printed").find("X-Printed: 42%\r\n") != std::string::npos);
#include "parley/web/websocket_server.hpp"
    CHECK(get("/json").ends_with("\r\n\r\n\"42%\""));
#include "parley/web/websocket_server.hpp"
    CHECK(get("/null").ends_with("Content-Length: 0\r\n\r\n"));
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
TEST_CASE("a WebSocket sends literals and arrays in the same way") {
#include "parley/web/websocket_server.hpp"
    World world;
#include "parley/web/websocket_server.hpp"
    WebSocketServer server(world.app, "/raw");
#include "parley/web/websocket_server.hpp"
    Buffers given;
#include "parley/web/websocket_server.hpp"
    server.on_connection([&](WebSocket socket) {
#include "parley/web/websocket_server.hpp"
        socket.send("a\0b");
#include "parley/web/websocket_server.hpp"
        socket.send(given.full);
#include "parley/web/websocket_server.hpp"
        socket.send(given.printed);
#include "parley/web/websocket_server.hpp"
        socket.send_binary("\0\1\2");
#include "parley/web/websocket_server.hpp"
        socket.send_binary(given.full);
#include "parley/web/websocket_server.hpp"
        socket.send_binary(given.numbers);
#include "parley/web/websocket_server.hpp"
        socket.send_binary(given.octets);
#include "parley/web/websocket_server.hpp"
        socket.send_binary(given.bytes);
#include "parley/web/websocket_server.hpp"
        socket.send_binary(std::array<char, 2>{'x', 0});
#include "parley/web/websocket_server.hpp"
        socket.send_binary(std::vector<std::uint8_t>{0, 7});
#include "parley/web/websocket_server.hpp"
        socket.send_binary(given.pointer);
#include "parley/web/websocket_server.hpp"
        server.broadcast_binary(given.full);
#include "parley/web/websocket_server.hpp"
        server.broadcast(given.full);
#include "parley/web/websocket_server.hpp"
    });
#include "parley/web/websocket_server.hpp"
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
#include "parley/web/websocket_server.hpp"
    peer.send(
#include "parley/web/websocket_server.hpp"
        "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
#include "parley/web/websocket_server.hpp"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
#include "parley/web/websocket_server.hpp"
    world.settle();
#include "parley/web/websocket_server.hpp"
    const std::string frames =
#include "parley/web/websocket_server.hpp"
        "\x81\x03"
#include "parley/web/websocket_server.hpp"
        "a\0b"
#include "parley/web/websocket_server.hpp"
        "\x81\x04"
#include "parley/web/websocket_server.hpp"
        "abcd"
#include "parley/web/websocket_server.hpp"
        "\x81\x03"
#include "parley/web/websocket_server.hpp"
        "42%"
#include "parley/web/websocket_server.hpp"
        "\x82\x03\0\1\2"
#include "parley/web/websocket_server.hpp"
        "\x82\x04"
#include "parley/web/websocket_server.hpp"
        "abcd"
#include "parley/web/websocket_server.hpp"
        "\x82\x05\0\1\2\3\4"
#include "parley/web/websocket_server.hpp"
        "\x82\x05\0\1\2\3\4"
#include "parley/web/websocket_server.hpp"
        "\x82\x02\0\x09"
#include "parley/web/websocket_server.hpp"
        "\x82\x02"
#include "parley/web/websocket_server.hpp"
        "x\0"
#include "parley/web/websocket_server.hpp"
        "\x82\x02\0\7"
#include "parley/web/websocket_server.hpp"
        "\x82\x04"
#include "parley/web/websocket_server.hpp"
        "text"
#include "parley/web/websocket_server.hpp"
        "\x82\x04"
#include "parley/web/websocket_server.hpp"
        "abcd"
#include "parley/web/websocket_server.hpp"
        "\x81\x04"
#include "parley/web/websocket_server.hpp"
        "abcd"s;
#include "parley/web/websocket_server.hpp"
    CHECK(peer.received().ends_with("\r\n\r\n" + frames));
#include "parley/web/websocket_server.hpp"
}
#include "parley/web/websocket_server.hpp"

#include "parley/web/websocket_server.hpp"
}  // namespace parley::server::test
#include "parley/web/websocket_server.hpp"
