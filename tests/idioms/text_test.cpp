// SPDX-License-Identifier: MIT
// Literals with zeros, buffers that nobody terminated and arrays of octets, at every way in: parley/base/octets.hpp.
#include <doctest/doctest.h>

#include <array>
#include <cstdio>

#include "parley/web/websocket_server.hpp"
#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

struct Labelled {
    char label[4] = {'a', 'b', 'c', 'd'};
    char padded[8] = "xy";
};
PARLEY_JSON_FIELDS(Labelled, label, padded)

inline constexpr Event<void(std::string, std::string_view, std::optional<std::string>)> said{"said"};

// `full` has no terminator; what stands behind it in memory is nobody's business.
struct Buffers {
    char full[4] = {'a', 'b', 'c', 'd'};
    char behind[4] = {'S', 'E', 'C', 'R'};
    char numbers[5] = {0, 1, 2, 3, 4};
    unsigned char octets[5] = {0, 1, 2, 3, 4};
    std::byte bytes[2] = {std::byte{0}, std::byte{9}};
    char printed[16] = "............!!!";
    const char* pointer = "text";
    char* changing = printed;
    const char* null = nullptr;
    Buffers() { std::snprintf(printed, sizeof printed, "%d%%", 42); }
};

}  // namespace

TEST_CASE("an emit takes literals, buffers and pointers as the text that they are, and bytes as all of them") {
    World world;
    Buffers given;
    WebSocketClient client(world);
    const Socket socket = world.io->find_socket(client.join());
    socket.emit("x", "a\0b", given.full, given.numbers, given.printed);
    socket.emit("y", given.pointer, given.changing, given.null, Labelled());
    socket.emit("z", given.bytes, to_bytes(given.full), to_bytes("\0\1"));
    socket.emit(said, given.full, given.printed, "a\0b");
    world.io->emit("all", given.full, given.printed);
    CHECK(client.receive() == Words{R"(42["x","a\u0000b","abcd","","42%"])",
                                    R"(42["y","text","42%",null,{"label":"abcd","padded":"xy"}])",
                                    R"(453-["z",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1},)"
                                    R"({"_placeholder":true,"num":2}])",
                                    "<\0\x09>"s, "<abcd>", "<\0\1>"s, R"(42["said","abcd","42%","a\u0000b"])",
                                    R"(42["all","abcd","42%"])"});
}

TEST_CASE("an answer, a Json and JSON text take them in the same way") {
    World world;
    Buffers given;
    world.io->on("x", [&](Ack ack) { ack("a\0b", given.full, given.printed); });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(421["x"])") == Words{R"(431["a\u0000b","abcd","42%"])"});

    CHECK(Json("a\0b") == Json("a\0b"sv));
    CHECK(Json(given.full) == "abcd");
    CHECK(Json(given.printed) == "42%");
    CHECK(Json(given.null).is_null());
    CHECK(Json::from(given.printed) == "42%");
    const Json object = Json::object({{"a\0b", given.full}, {given.printed, 1}});
    CHECK(to_json(object) == R"({"a\u0000b":"abcd","42%":1})");
    CHECK(object["a\0b"] == "abcd");
    CHECK(object[given.printed] == 1);
    CHECK(to_json(given.printed) == R"("42%")");
    CHECK(to_json("a\0b") == R"("a\u0000b")");
    CHECK(parse_json(given.printed).has_value() == false);
    CHECK(to_json(Labelled()) == R"({"label":"abcd","padded":"xy"})");
}

TEST_CASE("names of rooms, events and namespaces are taken in the same way") {
    World world;
    Buffers given;
    int heard = 0;
    world.io->on(given.full, [&] { ++heard; });
    world.io->on("a\0b", [&] { heard += 10; });
    WebSocketClient client(world);
    const Socket socket = world.io->find_socket(client.join());
    client.send(R"(42["abcd"])");
    client.send(R"(42["a\u0000b"])");
    CHECK(heard == 11);
    socket.join(given.full);
    socket.join({given.printed, "a\0b"});
    CHECK(socket.rooms() == Words{socket.id(), "abcd", "42%", "a\0b"s});
    world.io->to("a\0b").emit(given.full);
    CHECK(client.receive() == Words{R"(42["abcd"])"});
    CHECK(world.io->of(given.full).name() == "/abcd");
}

TEST_CASE("a response takes its headers and its body in the same way") {
    World world;
    Buffers given;
    const auto get = [&](std::string_view target) {
        net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
        peer.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        world.settle();
        return peer.received();
    };
    world.app.get("/literal", [](Response response) { response.send("a\0b"); });
    world.app.get("/full", [&](Response response) { response.set("X-Full", given.full).send(given.full); });
    world.app.get("/printed", [&](Response response) { response.set("X-Printed", given.printed).send(given.printed); });
    world.app.get("/json", [&](Response response) { response.json(given.printed); });
    world.app.get("/null", [&](Response response) { response.send(given.null); });
    CHECK(get("/literal").ends_with("\r\n\r\na\0b"sv));
    CHECK(get("/full").ends_with("\r\n\r\nabcd"));
    CHECK(get("/full").find("X-Full: abcd\r\n") != std::string::npos);
    CHECK(get("/printed").ends_with("\r\n\r\n42%"));
    CHECK(get("/printed").find("X-Printed: 42%\r\n") != std::string::npos);
    CHECK(get("/json").ends_with("\r\n\r\n\"42%\""));
    CHECK(get("/null").ends_with("Content-Length: 0\r\n\r\n"));
}

TEST_CASE("a WebSocket sends literals and arrays in the same way") {
    World world;
    WebSocketServer server(world.app, "/raw");
    Buffers given;
    server.on_connection([&](WebSocket socket) {
        socket.send("a\0b");
        socket.send(given.full);
        socket.send(given.printed);
        socket.send_binary("\0\1\2");
        socket.send_binary(given.full);
        socket.send_binary(given.numbers);
        socket.send_binary(given.octets);
        socket.send_binary(given.bytes);
        socket.send_binary(std::array<char, 2>{'x', 0});
        socket.send_binary(std::vector<std::uint8_t>{0, 7});
        socket.send_binary(given.pointer);
        server.broadcast_binary(given.full);
        server.broadcast(given.full);
    });
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send(
        "GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    world.settle();
    const std::string frames =
        "\x81\x03"
        "a\0b"
        "\x81\x04"
        "abcd"
        "\x81\x03"
        "42%"
        "\x82\x03\0\1\2"
        "\x82\x04"
        "abcd"
        "\x82\x05\0\1\2\3\4"
        "\x82\x05\0\1\2\3\4"
        "\x82\x02\0\x09"
        "\x82\x02"
        "x\0"
        "\x82\x02\0\7"
        "\x82\x04"
        "text"
        "\x82\x04"
        "abcd"
        "\x81\x04"
        "abcd"s;
    CHECK(peer.received().ends_with("\r\n\r\n" + frames));
}

}  // namespace parley::server::test
