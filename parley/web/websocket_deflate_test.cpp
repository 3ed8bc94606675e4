// SPDX-License-Identifier: MIT
// What a WebSocket server makes of permessage-deflate (RFC 7692): who gets it, who shares what, and what it may cost.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "parley/web/websocket_server.hpp"
#include "parley/websocket/deflate.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

using websocket::DeflatePool;
using websocket::Opcode;
using websocket::with_rsv1;

constexpr PerMessageDeflate all{.threshold = 1};
constexpr std::string_view offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
constexpr std::string_view modest_offer =
    "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n";

struct DeflateSite : Site {
    explicit DeflateSite(WebSocketServerOptions options = {.per_message_deflate = all}, ApplicationOptions of_app = {})
        : Site(std::move(of_app)), server(app, "/live", std::move(options)) {
        server.on_message([](WebSocket socket, WebSocketMessage message) { socket.send(message); });
        server.on_close([this](WebSocket, int code) { codes.push_back(code); });
    }

    net::SimulatedPeer& open(std::string_view more) {
        net::SimulatedPeer& peer = connect();
        peer.send(upgrade_request("/live", more));
        network.run_until_idle();
        REQUIRE(status_of(peer.received()) == 101);
        answer = peer.received();
        peer.received().clear();
        return peer;
    }

    std::string take(net::SimulatedPeer& peer) {
        network.run_until_idle();
        return std::exchange(peer.received(), {});
    }

    WebSocketServer server;
    std::string answer;
    std::vector<int> codes;
};

// The payload of a first message.
std::string compress(std::string_view text) {
    DeflatePool pool(all);
    return std::string(pool.compress({}, text, 12).value());
}

const std::string hello = compress("Hello");
const std::string hello_again("\xf2\x00\x11\x00\x00", 5);  // where "Hello" was said before

}  // namespace

TEST_CASE("compression is off unless it is asked for") {
    DeflateSite site(WebSocketServerOptions{});
    net::SimulatedPeer& peer = site.open(offer);
    CHECK(site.answer.find("Sec-WebSocket-Extensions") == std::string::npos);
    peer.send(client_frame(with_rsv1(Opcode::text), hello));
    CHECK(site.take(peer) == server_close(1002));
    // An empty list of braces is all that it takes.
    DeflateSite on({.per_message_deflate = {}});
    on.open(offer);
    CHECK(has_line(on.answer, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=12"));
}

TEST_CASE("messages are inflated, echoed compressed, and their context lasts") {
    DeflateSite site;
    net::SimulatedPeer& peer = site.open(offer);
    peer.send(client_frame(with_rsv1(Opcode::text), hello) + client_frame(with_rsv1(Opcode::text), hello_again));
    CHECK(site.take(peer) ==
          server_frame(with_rsv1(Opcode::text), hello) + server_frame(with_rsv1(Opcode::text), hello_again));
    peer.send(client_frame(Opcode::binary, "Hello"));
    CHECK(site.take(peer).front() == static_cast<char>(0xC2));
    // Who offers nothing beside it gets nothing.
    net::SimulatedPeer& plain = site.open({});
    CHECK(site.answer.find("Sec-WebSocket-Extensions") == std::string::npos);
    plain.send(client_text("Hello"));
    CHECK(site.take(plain) == server_text("Hello"));
}

TEST_CASE("messages that grow when they are inflated do not hold up the other connections") {
    DeflateSite site;
    std::vector<std::size_t> sizes;
    site.server.on_message([&](WebSocket, std::string_view text) { sizes.push_back(text.size()); });
    net::SimulatedPeer& greedy = site.open(offer);
    net::SimulatedPeer& other = site.open({});
    const std::string million = client_frame(with_rsv1(Opcode::text), compress(std::string(1'000'000, 'x')));
    const std::string small = client_frame(with_rsv1(Opcode::text), compress(std::string(100'000, 'x')));
    greedy.send(small + million + million + million);
    other.send(client_text("hello"));
    site.network.run_until_idle();
    CHECK(sizes == std::vector<std::size_t>{100'000, 1'000'000, 5, 1'000'000, 1'000'000});
}

TEST_CASE("what comes right behind the handshake may be compressed") {
    DeflateSite site;
    net::SimulatedPeer& peer = site.connect();
    peer.send(upgrade_request("/live", offer) + client_frame(with_rsv1(Opcode::text), hello));
    site.network.run_until_idle();
    CHECK(body_of(peer.received()) == server_frame(with_rsv1(Opcode::text), hello));
}

TEST_CASE("a message may be sent as it is, where the program says so") {
    DeflateSite site;
    site.server.on_message([](WebSocket socket, std::string_view) {
        socket.send("Hello", {.compress = false});
        socket.send({.data = "Hello", .is_binary = true}, {.compress = false});
        socket.send_binary("Hello", {.compress = false});
        socket.send("Hello");
    });
    net::SimulatedPeer& peer = site.open(offer);
    peer.send(client_text("x"));
    CHECK(site.take(peer) == server_text("Hello") + server_frame(Opcode::binary, "Hello") +
                                 server_frame(Opcode::binary, "Hello") + server_frame(with_rsv1(Opcode::text), hello));
    site.server.broadcast("Hello", {.compress = false});
    site.server.broadcast_binary("Hello", {.compress = false});
    CHECK(site.take(peer) == server_text("Hello") + server_frame(Opcode::binary, "Hello"));
}

TEST_CASE("a broadcast goes to each connection as it was agreed, and once for those that keep no context") {
    DeflateSite site({.per_message_deflate = {.threshold = 5}});
    net::SimulatedPeer& plain = site.open({});
    net::SimulatedPeer& keeping = site.open(offer);
    net::SimulatedPeer& modest = site.open(modest_offer);
    net::SimulatedPeer& other = site.open(modest_offer);
    net::SimulatedPeer& narrow = site.open(
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
        "server_max_window_bits=9\r\n");
    for (int round = 0; round < 2; ++round) {
        CHECK(site.server.broadcast("Hello"));
        CHECK(site.take(plain) == server_text("Hello"));
        CHECK(site.take(keeping) == server_frame(with_rsv1(Opcode::text), round == 0 ? hello : hello_again));
        for (net::SimulatedPeer* const peer : {&modest, &other, &narrow})
            CHECK(site.take(*peer) == server_frame(with_rsv1(Opcode::text), hello));
    }
    site.server.broadcast_binary("Hello");
    CHECK(site.take(modest) == server_frame(with_rsv1(Opcode::binary), hello));
    CHECK(site.take(keeping).front() == static_cast<char>(0xC2));
    CHECK(site.server.broadcast("Hell"));
    CHECK(site.take(modest) == server_text("Hell"));
    CHECK(site.take(keeping) == server_text("Hell"));
}

TEST_CASE("a bomb is closed with 1009, and the others go on") {
    DeflateSite site({.message_bytes_max = 100'000, .per_message_deflate = all});
    net::SimulatedPeer& healthy = site.open(offer);
    net::SimulatedPeer& peer = site.open(offer);
    peer.send(client_frame(with_rsv1(Opcode::text), compress(std::string(30'000'000, 'x'))));
    CHECK(site.take(peer) == server_close(1009));
    net::SimulatedPeer& broken = site.open(offer);
    broken.send(client_frame(with_rsv1(Opcode::text), "\xff"));
    CHECK(site.take(broken) == server_close(1007));
    healthy.send(client_frame(with_rsv1(Opcode::text), hello));
    CHECK(site.take(healthy) == server_frame(with_rsv1(Opcode::text), hello));
    CHECK(site.codes == std::vector<int>{1009, 1007});
}

TEST_CASE("beyond contexts_max no takeover is agreed to, until somebody has gone") {
    constexpr std::string_view own = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=12";
    constexpr std::string_view shared =
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
        "client_max_window_bits=12";
    DeflateSite site({.per_message_deflate = {.threshold = 1, .contexts_max = 2}});
    site.open(offer);
    CHECK(has_line(site.answer, own));
    net::SimulatedPeer& second = site.open(offer);
    CHECK(has_line(site.answer, own));
    net::SimulatedPeer& third = site.open(offer);
    CHECK(has_line(site.answer, shared));
    for (int round = 0; round < 2; ++round) {
        third.send(client_frame(with_rsv1(Opcode::text), hello));
        CHECK(site.take(third) == server_frame(with_rsv1(Opcode::text), hello));
    }
    second.send(client_close(1000));
    site.network.run_until_idle();
    site.open(offer);
    CHECK(has_line(site.answer, own));
    DeflateSite none({.per_message_deflate = {.contexts_max = 0}});
    none.open(offer);
    CHECK(has_line(none.answer, shared));
}

TEST_CASE("contexts count as memory of the application, from the first message to the end or to a quiet time") {
    DeflateSite site({.ping_interval = 10s, .ping_timeout = 100s, .per_message_deflate = all});
    const auto counted = [&] { return site.app.memory_used(); };
    net::SimulatedPeer& peer = site.open(offer);
    const std::size_t idle = counted();
    peer.send(client_frame(with_rsv1(Opcode::text), hello));
    site.network.run_until_idle();
    const std::size_t busy = counted() - idle;
    CHECK(busy > 40'000);
    CHECK(busy < 60'000);
    // The compressor goes with the second ping: nothing was compressed since the first.
    site.network.run_for(11s);
    CHECK(counted() - idle == busy);
    peer.send(client_frame(Opcode::pong, ""));
    site.network.run_for(11s);
    CHECK(counted() - idle < 15'000);
    peer.send(client_frame(with_rsv1(Opcode::text), hello));
    site.network.run_until_idle();
    CHECK(counted() - idle == busy);
    peer.send(client_close(1000));
    site.network.run_until_idle();
    CHECK(counted() == idle);
}

TEST_CASE("options of compression that cannot be are refused by name") {
    const auto refusal_of = [](const PerMessageDeflate& deflate) -> std::string {
        try {
            const WebSocketServer server({.per_message_deflate = deflate});
        } catch (const SetupError& error) {
            return error.what();
        }
        return "none";
    };
    CHECK(
        refusal_of({.server_max_window_bits = 8}).find("per_message_deflate.server_max_window_bits must be 9 to 15") !=
        std::string::npos);
    CHECK(refusal_of({.zlib_deflate_options = {.level = 10}}).find("per_message_deflate.zlib_deflate_options.level") !=
          std::string::npos);
    CHECK(refusal_of({}) == "none");
}

}  // namespace parley::web::test
