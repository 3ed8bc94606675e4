// SPDX-License-Identifier: MIT
// Weaknesses that were published about Engine.IO implementations, tried on a whole server.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/regress/attacked_site.hpp"

using namespace parley;
using namespace parley::regress;

namespace {

constexpr std::string_view by_polling = "/socket.io/?EIO=4&transport=polling";
constexpr std::string_view by_websocket = "/socket.io/?EIO=4&transport=websocket";

std::string of_session(std::string_view target, std::string_view sid) {
    return std::string(target) + "&sid=" + std::string(sid);
}

}  // namespace

TEST_CASE("CVE-2020-36048: a body beyond the limit is 413 as soon as that is known, and is not kept") {
    AttackedSite site;
    const PollingClient poller(site.world);
    const std::string target = of_session(by_polling, poller.sid);
    const std::string head = "POST " + target + " HTTP/1.1\r\nHost: a\r\n";

    CHECK(status_of(site.ask(head + "Content-Length: 1000001\r\n\r\n")) == 413);
    CHECK(status_of(site.ask(head + "Content-Length: 99999999999999999999\r\n\r\n")) == 413);

    // Chunks without an end.
    net::SimulatedPeer& endless = site.connect();
    endless.send(head + "Transfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
    int sent = 0;
    for (; sent < 100 && !endless.is_closed() && endless.received().empty(); ++sent) {
        endless.send(chunk);
        site.world.settle();
    }
    CHECK(status_of(endless.received()) == 413);
    CHECK(sent <= 32);

    // Said to be small, and more of it: the rest is the next request, and is none.
    const std::string answers = site.ask(head + "Content-Length: 2\r\n\r\n4x" + std::string(1'000, 'y') + "\r\n\r\n");
    CHECK(status_of(answers) == 200);
    CHECK(count(answers, "HTTP/1.1 400") == 1);
    site.check_calm(4 * chunk.size());
}

TEST_CASE("CVE-2026-59725: a POST of octets is 400 at once, ends its session and leaves nothing") {
    AttackedSite site;
    for (int i = 0; i < 100; ++i) {
        const PollingClient poller(site.world);
        for (int again = 0; again < 5; ++again) {
            net::SimulatedPeer& peer = site.connect();
            peer.send("POST " + of_session(by_polling, poller.sid) +
                      " HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nContent-Length: 3\r\n"
                      "Connection: close\r\n\r\n\x04\x01\x02");
            site.world.settle();
            REQUIRE(status_of(peer.received()) == 400);
            REQUIRE(peer.is_closed());
        }
        REQUIRE(body_of(site.get(of_session(by_polling, poller.sid))).contains("Session ID unknown"));
    }
    site.check_calm(2'000'000);  // six hundred peers of the simulated network
}

TEST_CASE("CVE-2023-31125: a transport that does not exist is refused, however it is spelt") {
    AttackedSite site;
    const std::string long_name(8'000, 'x');
    for (const std::string_view transport :
         std::initializer_list<std::string_view>{"__proto__", "constructor", "", "toString", "%00", "polling%00",
                                                 "Polling", "polling&transport=x", long_name}) {
        CAPTURE(transport.substr(0, 40));
        const std::string target = "/socket.io/?EIO=4&transport=" + std::string(transport);
        const std::string answer = site.get(target);
        CHECK(status_of(answer) == 400);
        CHECK(body_of(answer) == R"({"code":0,"message":"Transport unknown"})");
        const std::string upgrade = site.ask(upgrade_request(target));
        CHECK(status_of(upgrade) == 400);
        CHECK(body_of(upgrade) == "Transport unknown");
    }
    CHECK(body_of(site.get("/socket.io/?EIO=4")) == R"({"code":0,"message":"Transport unknown"})");
    CHECK(body_of(site.get("/socket.io/")) == R"({"code":0,"message":"Transport unknown"})");
    site.check_calm(200'000);
}

TEST_CASE("CVE-2022-41940: a peer that resets behind an upgrade nobody takes harms nobody") {
    for (const std::string_view request :
         {"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
          "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
          "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: "
          "x\r\n\r\n"}) {
        for (const Duration delay : {Duration(0ms), Duration(500ms), Duration(1'001ms)}) {
            AttackedSite site;
            net::SimulatedPeer& peer = site.connect();
            peer.send(request);
            site.world.pass(delay);
            peer.reset();
            site.world.settle();
            site.check_calm();
        }
    }
}

TEST_CASE("CVE-2022-21676: what is no frame behind an upgrade request closes that connection only") {
    const std::string unmasked("\x81\x01x", 3);
    const std::string reserved(
        "\xA1\x81"
        "mask"
        "\x15",
        7);
    for (const std::string_view behind :
         {std::string_view("test"), std::string_view(unmasked), std::string_view(reserved)}) {
        AttackedSite site;
        const std::string alone = site.ask(upgrade_request(by_websocket) + std::string(behind));
        CHECK(status_of(alone) == 101);
        CHECK(alone.contains("\x03\xEA"));  // 1002

        const PollingClient poller(site.world);
        const std::string probe = site.ask(upgrade_request(of_session(by_websocket, poller.sid)) + std::string(behind));
        CHECK(status_of(probe) == 101);
        CHECK(probe.contains("\x03\xEA"));
        CHECK(status_of(site.post(of_session(by_polling, poller.sid), "40")) == 200);
        site.check_calm();
    }
}

TEST_CASE("CVE-2024-47764: a cookie's name that would say more than a name is refused at set-up") {
    for (const std::string_view name : {"a=b; Max-Age=0", "a\r\nX: y", "a b", "\xC3\xA9", "a;b"}) {
        CAPTURE(name);
        ServerOptions options;
        options.cookie.name = name;
        World world;
        ServerOptions other;
        CHECK_THROWS_AS(Server(world.app, std::move(options)), SetupError);
    }
    ServerOptions options;
    options.cookie = {.name = "io", .path = "/; Domain=evil.example"};
    World world;
    CHECK_THROWS_AS(Server(world.app, std::move(options)), SetupError);
}

TEST_CASE("a client may leave at each stage of its life, and leaves no session, no timer and no descriptor") {
    AttackedSite site;
    for (int round = 0; round < 20; ++round) {
        net::SimulatedPeer& silent = site.connect();
        net::SimulatedPeer& half_a_head = site.connect();
        half_a_head.send("GET /socket.io/?EIO=4&trans");
        const PollingClient opened(site.world);
        PollingClient polling_client(site.world);
        polling_client.post("40");
        polling_client.start_get();
        WebSocketClient open_only(site.world);
        WebSocketClient joined(site.world);
        joined.join();
        WebSocketClient half_a_frame(site.world);
        half_a_frame.join();
        half_a_frame.peer().send("\x81\xFE\x01");
        WebSocketClient half_a_packet(site.world);
        half_a_packet.join();
        half_a_packet.send(R"(451-["x",{"_placeholder":true,"num":0}])");
        net::SimulatedPeer& probe = site.connect();
        probe.send(upgrade_request(of_session(by_websocket, opened.sid)));
        site.world.settle();
        silent.reset();
        half_a_head.close();
        for (WebSocketClient* client : {&open_only, &joined, &half_a_frame, &half_a_packet})
            client->vanish();
        probe.reset();
    }
    site.pass(120s);
    CHECK(site.world.io->clients_count() == 1);
    site.check_calm(4'000'000);
}
