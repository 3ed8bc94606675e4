// SPDX-License-Identifier: MIT
// Weaknesses that were published about Socket.IO implementations, tried on a whole server.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/regress/attacked_site.hpp"

using namespace parley;
using namespace parley::regress;

namespace {

// The packet ends its connection, and nothing else.
void check_refused(std::string_view packet, std::string_view binary = {}) {
    CAPTURE(packet.substr(0, 80));
    AttackedSite site;
    {
        WebSocketClient attacker(site.world);
        attacker.join();
        attacker.send(packet);
        if (!binary.empty()) attacker.send_binary(binary);
        CHECK(attacker.receive() == Words{"closed"});
        CHECK(site.world.io->counters().packets_refused == 1);
        attacker.vanish();
        std::string().swap(attacker.peer().received());
    }
    site.check_calm(2 * packet.size());
}

std::string placeholder(std::string_view number) {
    return R"({"_placeholder":true,"num":)" + std::string(number) + "}";
}

std::string nested(std::size_t depth, std::string_view opening, std::string_view closing) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i)
        text += opening;
    for (std::size_t i = 0; i < depth; ++i)
        text += closing;
    return text;
}

}  // namespace

TEST_CASE("CVE-2026-69185: a binary packet without attachments is refused, and what follows is not kept") {
    const std::string frame = client_frame(websocket::Opcode::binary, std::string(100, 'x'));
    std::string frames;
    for (int i = 0; i < 200; ++i)
        frames += frame;
    constexpr std::size_t window_bytes = net::SimulatedNetworkOptions{}.window_bytes;  // what was under way
    for (const std::string_view packet : {R"(450-["x"])", R"(460-["x"])"}) {
        CAPTURE(packet);
        AttackedSite site;
        WebSocketClient attacker(site.world);
        attacker.join();
        CHECK(attacker.ask(packet) == Words{"closed"});
        for (int i = 0; i < 1'000; ++i) {
            attacker.peer().send(frames);
            site.world.settle();
        }
        CHECK(site.world.io->counters().packets_refused == 1);
        attacker.vanish();
        site.check_calm(frames.size() + window_bytes);

        PollingClient poller(site.world);
        poller.post("40");
        poller.get();
        std::string payload(packet);
        for (int i = 0; i < 1'000; ++i)
            payload +=
                "\x1e"
                "bQUJD";
        poller.post(payload);
        CHECK(site.world.io->clients_count() == 1);
        site.check_calm(frames.size() + window_bytes + payload.size());
    }
}

TEST_CASE("CVE-2026-69185: a binary frame that nobody waits for ends the connection") {
    AttackedSite site;
    WebSocketClient attacker(site.world);
    attacker.join();
    attacker.send_binary("stray");
    CHECK(attacker.receive() == Words{"closed"});
    attacker.vanish();
    site.check_calm();
}

TEST_CASE("CVE-2026-33151: more attachments than ten are refused by their number, and nothing is reserved for them") {
    for (const std::string_view number :
         {"11", "1000", "2147483647", "2147483648", "18446744073709551616", "1000000000000000000000000000000"}) {
        check_refused("45" + std::string(number) + R"(-["x"])");
        check_refused("46" + std::string(number) + R"(-1["x"])");
    }
    AttackedSite site;
    WebSocketClient client(site.world);
    client.join();
    client.send(R"(4510-1["echo",0])");
    for (int i = 0; i < 10; ++i)
        client.send_binary("ten");
    CHECK(client.receive() == Words{"431[0]"});
}

TEST_CASE("CVE-2022-2421: a placeholder that names no attachment is refused") {
    for (const std::string_view number :
         {"-1", "1", "1.5", "\"0\"", "\"splice\"", "\"__proto__\"", "null", "[]", "1e400"})
        check_refused(R"(451-["x",)" + placeholder(number) + "]", "octets");
    check_refused(R"(451-["x",{"_placeholder":true}])", "octets");
    check_refused(R"(451-["x",{"a":[)" + placeholder("1") + "]}]", "octets");
}

TEST_CASE("CVE-2022-2421: two placeholders may share an attachment") {
    AttackedSite site;
    WebSocketClient client(site.world);
    client.join();
    client.send(R"(451-1["echo",[)" + placeholder("0") + "," + placeholder("0") + "]]");
    client.send_binary("ab");
    const Words words = client.receive();
    REQUIRE(words.size() == 3);
    CHECK(words[0] == R"(462-1[[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]])");
    CHECK(words[1] == "<ab>");
    CHECK(words[2] == "<ab>");
}

TEST_CASE("CVE-2023-32695: an event's name is a text or a number") {
    for (const std::string_view packet : {R"(42[{"toString":"foo"}])", "42[null]", "42[]", "42[true]", R"(42[["a"]])"})
        check_refused(packet);
    AttackedSite site;
    WebSocketClient client(site.world);
    client.join();
    CHECK(client.ask("42[7]").empty());
    CHECK(client.ask(R"(420["echo",1])") == Words{"430[1]"});
}

TEST_CASE("CVE-2024-38355: the event `error` is one like any other, and the library's own names are refused") {
    for (const std::string_view name :
         {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
        check_refused("42[\"" + std::string(name) + "\"]");
    AttackedSite site;
    WebSocketClient client(site.world);
    client.join();
    for (const std::string_view name : {"error", "__proto__", "constructor", "toString", "hasOwnProperty"})
        CHECK(client.ask("42[\"" + std::string(name) + "\"]").empty());
    CHECK(client.ask(R"(420["echo",1])") == Words{"430[1]"});
    CHECK(site.world.io->counters().events_unhandled == 5);
}

TEST_CASE("CVE-2020-36049: a megabyte of digits or of a name is refused") {
    const std::string digits(990'000, '1');
    check_refused("45" + digits + R"(-["x"])");
    check_refused("42" + digits + R"(["x"])");
    check_refused("42/" + std::string(990'000, 'a'));
    check_refused("40/" + std::string(990'000, 'a') + ",");
}

TEST_CASE("deep nesting is refused in events and in CONNECT, and what is less deep comes back") {
    for (const std::size_t depth : {128U, 1'000U, 100'000U}) {
        check_refused(R"(42["echo",)" + nested(depth, "[", "]") + "]");
        check_refused(R"(42["echo",)" + nested(depth, R"({"a":)", "") + "1" + nested(depth, "", "}") + "]");
        AttackedSite site;
        WebSocketClient attacker(site.world);
        CHECK(attacker.ask(R"(40{"a":)" + nested(depth, "[", "]") + "}") == Words{"closed"});
        attacker.vanish();
        site.check_calm(4 * depth);
    }
    AttackedSite site;
    WebSocketClient client(site.world);
    client.join();
    const std::string deep = nested(127, "[", "]");
    CHECK(client.ask(R"(420["echo",)" + deep + "]") == Words{"430[" + deep + "]"});
}

TEST_CASE("CVE-2026-48802: pongs that nobody asked for start nothing, joined or not") {
    const std::string pong = client_text("3");
    std::string pongs;
    for (int i = 0; i < 1'000; ++i)
        pongs += pong;
    for (const bool joins : {true, false}) {
        AttackedSite site;
        WebSocketClient attacker(site.world);
        if (joins) attacker.join();
        for (int i = 0; i < 100; ++i) {
            attacker.peer().send(pongs);
            site.world.settle();
        }
        CHECK(attacker.receive().empty());
        site.check_canary();
        site.pass(26s);
        CHECK(attacker.receive() == Words{"2"});
        attacker.vanish();
        site.check_calm(pongs.size());
    }
}

TEST_CASE("CVE-2020-36406: events for very many rooms in one turn all arrive") {
    AttackedSite site;
    WebSocketClient member(site.world);
    const Socket socket = site.world.io->find_socket(member.join());
    for (int i = 0; i < 1'000; ++i)
        CHECK(socket.join("room" + std::to_string(i)));
    for (int i = 0; i < 20'000; ++i)
        site.world.io->to("room" + std::to_string(i)).emit("told");
    CHECK(member.receive().size() == 1'000);
    member.vanish();
    site.check_calm();
}
