// SPDX-License-Identifier: MIT
#include "parley/web/websocket_connection.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parley/web/mount.hpp"
#include "parley/web/websocket_state.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

/// Accepts what comes for `/ws` and writes down what happens on the last connection.
struct Listener final : UpgradeHandler, WebSocketListener {
    bool matches(std::string_view path) const override { return path == "/ws"; }

    void handle_upgrade(Request& request, Upgrade upgrade) override {
        if (refuses) return upgrade.refuse(403, "text/plain", "no");
        if (defers) {
            waiting.emplace(std::move(upgrade));
            waiting->on_abort([this] { events.push_back("aborted"); });
            return;
        }
        url = request.url();
        connection = upgrade.accept(options, *this);
    }

    void on_message(websocket::Message message) override {
        if (when_message) when_message();
        events.push_back((message.is_binary ? "binary " : "text ") + std::string(message.data));
        if (echoes) connection->send_text(message.data);
        if (terminates) connection->terminate();
    }

    void on_closed(std::uint16_t code, std::string_view reason, WebSocketCloseCause how) override {
        events.push_back("closed " + std::to_string(code) + " " + std::string(reason));
        cause = how;
        connection = nullptr;
    }

    std::shared_ptr<WebSocketConnectionOptions> options = std::make_shared<WebSocketConnectionOptions>();
    WebSocketConnection* connection = nullptr;
    std::optional<Upgrade> waiting;
    std::optional<WebSocketCloseCause> cause;
    Function<void()> when_message;
    std::vector<std::string> events;
    std::string url;
    bool refuses = false;
    bool defers = false;
    bool echoes = false;
    bool terminates = false;
};

// A base, so that it outlives the application of the other base.
struct ListenerOwner {
    Listener listener;
};

struct WebSocketSite : ListenerOwner, Site {
    explicit WebSocketSite(std::uint64_t seed = 1, const net::SimulatedNetworkOptions& network_options = smooth)
        : Site({}, seed, network_options) {
        app.mount_upgrade(listener);
        app.get("/ws", [](Response response) { response.send("a page"); });
    }

    /// A client whose upgrade was accepted.
    net::SimulatedPeer& open() {
        net::SimulatedPeer& peer = connect();
        peer.send(upgrade_request("/ws"));
        network.run_until_idle();
        REQUIRE(status_of(peer.received()) == 101);
        peer.received().clear();
        return peer;
    }
};

using Words = std::vector<std::string>;

TEST_CASE("an upgrade is answered 101 with the proof, and only for WebSocket requests") {
    WebSocketSite site;
    const std::string answer = site.ask(upgrade_request("/ws?a=1"));
    CHECK(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
    CHECK(has_line(answer, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    CHECK(has_line(answer, "Upgrade: websocket"));
    CHECK(has_line(answer, "Connection: Upgrade"));
    CHECK(count(answer, "Content-Length") == 0);
    CHECK(site.listener.url == "/ws?a=1");
    CHECK(body_of(site.get("/ws")) == "a page");
    CHECK(body_of(
              site.ask("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n")) ==
          "a page");
}

TEST_CASE("an upgrade that is refused, wrong, or for an unknown path is answered and closed") {
    WebSocketSite site;
    const auto refused = [&](const std::string& request) {
        net::SimulatedPeer& peer = site.connect();
        peer.send(request + client_text("test"));
        site.network.run_until_idle();
        CHECK(peer.is_ended());
        CHECK(count(peer.received(), "HTTP/1.1") == 1);
        return status_of(peer.received());
    };
    CHECK(refused(upgrade_request("/unknown")) == 404);
    CHECK(refused("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n") == 400);
    site.listener.refuses = true;
    CHECK(refused(upgrade_request("/ws")) == 403);
    CHECK(site.listener.events.empty());

    site.listener.refuses = false;
    const std::string old = site.ask(
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    CHECK(status_of(old) == 426);
    CHECK(has_line(old, "Sec-WebSocket-Version: 13"));
    CHECK(has_line(old, "Upgrade: websocket"));
}

TEST_CASE("messages go both ways, however the network cuts them") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        WebSocketSite site(seed, {});
        site.listener.echoes = true;
        net::SimulatedPeer& peer = site.connect();
        peer.send(upgrade_request("/ws") + client_text("behind the head"));
        const std::string large(100'000, 'x');
        peer.send(client_text("one") + client_text(large) + client_text(""));
        site.network.run_until_idle();
        CHECK(site.listener.events == Words{"text behind the head", "text one", "text " + large, "text "});
        CHECK(body_of(peer.received()) ==
              server_text("behind the head") + server_text("one") + server_text(large) + server_text(""));
    }
}

TEST_CASE("what comes behind the upgrade request is heard before what comes later, however much it is") {
    WebSocketSite site;
    net::SimulatedPeer& peer = site.connect();
    std::string early = upgrade_request("/ws");
    Words expected;
    for (int i = 0; i < 600; ++i) {
        early += client_text("early " + std::to_string(i));
        expected.push_back("text early " + std::to_string(i));
    }
    peer.send(early);
    peer.send(client_text("late"));
    peer.end();
    site.network.run_for(10s);
    expected.insert(expected.end(), {"text late", "closed 1006 "});
    CHECK(site.listener.events == expected);
    CHECK(*site.listener.cause == WebSocketCloseCause::connection_lost);
}

TEST_CASE("a close or a cut before the bytes behind the upgrade request are read leaves them unheard") {
    for (const bool cuts : {false, true}) {
        WebSocketSite site;
        site.listener.defers = true;
        net::SimulatedPeer& peer = site.connect();
        peer.send(upgrade_request("/ws") + client_text("early"));
        site.network.run_until_idle();
        WebSocketConnection* const connection = site.listener.waiting->accept(site.listener.options, site.listener);
        REQUIRE(connection != nullptr);
        if (cuts) {
            connection->terminate();
        } else {
            connection->close(4000);
            peer.send(client_close(4000));
        }
        site.network.run_until_idle();
        CHECK(site.listener.events == Words{cuts ? "closed 1006 " : "closed 4000 "});
        CHECK(*site.listener.cause == WebSocketCloseCause::closed_by_us);
    }
}

TEST_CASE("an idle connection is small") {
    // With the stream below and the allocator's own share this stays within 1 KiB.
    CHECK(sizeof(WebSocketConnection) <= 560);
    CHECK(sizeof(WebSocketState) <= 192);
}

TEST_CASE("bytes right behind the upgrade request are frames, and bad ones end the connection") {
    struct Case {
        std::string bytes;
        int code;
    };
    const Case cases[] = {{"test", 1002}, {"\xA1\x80....", 1002}, {server_text("unmasked"), 1002}};
    for (const Case& test : cases) {
        WebSocketSite site;
        net::SimulatedPeer& peer = site.connect();
        peer.send(upgrade_request("/ws") + test.bytes);
        site.network.run_until_idle();
        CHECK(status_of(peer.received()) == 101);
        REQUIRE(site.listener.events.size() == 1);
        CHECK(site.listener.events[0].starts_with("closed " + std::to_string(test.code)));
        CHECK(*site.listener.cause == WebSocketCloseCause::protocol_error);
        CHECK(body_of(peer.received()).substr(2, 2) == close_payload(test.code));
        CHECK(peer.is_ended());
    }
}

TEST_CASE("an upgrade may be accepted later, with what came meanwhile, or dropped") {
    WebSocketSite site;
    site.listener.defers = true;
    net::SimulatedPeer& peer = site.connect();
    peer.send(upgrade_request("/ws") + client_text("early"));
    site.network.run_until_idle();
    peer.send(client_text("also early"));
    site.network.run_until_idle();
    CHECK(peer.received() == "");
    site.listener.connection = site.listener.waiting->accept(site.listener.options, site.listener);
    REQUIRE(site.listener.connection != nullptr);
    CHECK_FALSE(site.listener.waiting->is_open());
    CHECK(site.listener.waiting->accept(site.listener.options, site.listener) == nullptr);
    site.network.run_until_idle();
    CHECK(site.listener.events == Words{"text early", "text also early"});
    site.listener.events.clear();

    net::SimulatedPeer& gone = site.connect();
    gone.send(upgrade_request("/ws"));
    site.network.run_until_idle();
    gone.reset();
    site.network.run_until_idle();
    CHECK(site.listener.events == Words{"aborted"});
    CHECK(site.listener.waiting->accept(site.listener.options, site.listener) == nullptr);

    net::SimulatedPeer& dropped = site.connect();
    dropped.send(upgrade_request("/ws"));
    site.network.run_until_idle();
    site.listener.waiting.reset();
    site.network.run_until_idle();
    CHECK(status_of(dropped.received()) == 500);
    CHECK(dropped.is_ended());
}

TEST_CASE("an upgrade that is accepted after the stop is told at once that the server goes away") {
    WebSocketSite site;
    site.listener.defers = true;
    net::SimulatedPeer& peer = site.connect();
    peer.send(upgrade_request("/ws"));
    site.network.run_until_idle();
    site.app.stop();
    site.network.run_until_idle();
    site.listener.connection = site.listener.waiting->accept(site.listener.options, site.listener);
    REQUIRE(site.listener.connection != nullptr);
    site.network.run_until_idle();
    CHECK(peer.received().ends_with(server_close(1001, "going away")));
}

TEST_CASE("the closing handshake works from either side") {
    WebSocketSite site;
    net::SimulatedPeer& peer = site.open();
    peer.send(client_close(3001, "bye"));
    site.network.run_until_idle();
    CHECK(site.listener.events == Words{"closed 3001 bye"});
    CHECK(*site.listener.cause == WebSocketCloseCause::closed_by_peer);
    CHECK(peer.received() == server_close(3001, "bye"));
    CHECK(peer.is_ended());

    net::SimulatedPeer& other = site.open();
    site.listener.events.clear();
    site.listener.connection->close(4000, "done");
    CHECK_FALSE(site.listener.connection->is_open());
    CHECK_FALSE(site.listener.connection->send_text("late"));
    site.network.run_until_idle();
    CHECK(other.received() == server_close(4000, "done"));
    CHECK(site.listener.events.empty());
    other.send(client_close(4000));
    site.network.run_until_idle();
    CHECK(site.listener.events == Words{"closed 4000 "});
    CHECK(*site.listener.cause == WebSocketCloseCause::closed_by_us);
    CHECK(other.is_ended());
}

TEST_CASE("a close that nobody answers ends after five seconds") {
    WebSocketSite site;
    net::SimulatedPeer& peer = site.open();
    site.listener.connection->close();
    site.network.run_for(4900ms);
    CHECK(site.listener.events.empty());
    site.network.run_for(300ms);
    CHECK(site.listener.events == Words{"closed 1006 the peer did not answer the close frame"});
    CHECK(*site.listener.cause == WebSocketCloseCause::closed_by_us);
    site.network.run_for(6s);
    CHECK(peer.is_closed());
}

TEST_CASE("a frame that takes too long ends the connection, and that is not our doing") {
    WebSocketSite site;
    net::SimulatedPeer& peer = site.open();
    peer.send(client_text("never whole").substr(0, 8));
    site.network.run_for(31s);
    REQUIRE(site.listener.events.size() == 1);
    CHECK(site.listener.events[0].starts_with("closed 1008"));
    CHECK(*site.listener.cause == WebSocketCloseCause::timed_out);
}

TEST_CASE("odd closes send what can be sent") {
    WebSocketSite site;
    const auto closed_with = [&](std::uint16_t code, std::string_view reason) {
        net::SimulatedPeer& peer = site.open();
        site.listener.connection->close(code, reason);
        site.network.run_until_idle();
        return peer.received();
    };
    CHECK(closed_with(1006, "x") == server_close(1000));
    CHECK(closed_with(4001, "not \xFF text") == server_close(4001));
    CHECK(closed_with(1001, "\xC3") == server_close(1001));
    CHECK(closed_with(999, "not \xFF text") == server_close(1000));
    CHECK(closed_with(1005, "") == server_frame(websocket::Opcode::close, ""));
    CHECK(closed_with(1000, std::string(200, 'r')) == server_close(1000, std::string(123, 'r')));
    std::string accented(122, 'r');
    CHECK(closed_with(1000, accented + "\xC3\xA9") == server_close(1000, accented));
}

TEST_CASE("a lost connection is told once") {
    for (const bool resets : {false, true}) {
        WebSocketSite site;
        net::SimulatedPeer& peer = site.open();
        if (resets) {
            peer.reset();
        } else {
            peer.close();
        }
        site.network.run_for(10s);
        CHECK(site.listener.events == Words{"closed 1006 "});
        CHECK(*site.listener.cause == WebSocketCloseCause::connection_lost);
    }
}

TEST_CASE("terminate cuts, and no message follows it") {
    WebSocketSite site;
    net::SimulatedPeer& peer = site.open();
    site.listener.terminates = true;
    peer.send(client_text("one") + client_text("two"));
    site.network.run_until_idle();
    CHECK(site.listener.events == Words{"text one", "closed 1006 "});
    CHECK(*site.listener.cause == WebSocketCloseCause::closed_by_us);
    CHECK(peer.is_closed());
}

TEST_CASE("what is sent in one turn leaves together, shared frames among it") {
    WebSocketSite site;
    net::SimulatedPeer& peer = site.open();
    WebSocketConnection& connection = *site.listener.connection;
    const SharedBuffer frames(server_text("shared"));
    CHECK(connection.send_text("text"));
    CHECK(connection.send_text('4', "prefixed"));
    CHECK(connection.send_encoded(frames));
    CHECK(connection.send_binary("binary"));
    CHECK(connection.ping("p"));
    CHECK_FALSE(connection.ping(std::string(126, 'p')));
    CHECK(connection.buffered_bytes() > 0);
    site.network.run_until_idle();
    CHECK(peer.received() == server_text("text") + server_text("4prefixed") + server_text("shared") +
                                 server_frame(websocket::Opcode::binary, "binary") +
                                 server_frame(websocket::Opcode::ping, "p"));
    CHECK(connection.buffered_bytes() == 0);
}

TEST_CASE("a consumer that is too slow for what is sent is told and closed") {
    WebSocketSite site;
    net::SimulatedPeer& peer = site.open();
    peer.stop_reading();
    const std::string chunk(16 * 1024, 'x');
    int sent = 0;
    bool writable_at_start = site.listener.connection->is_writable();
    std::size_t largest = 0;
    while (site.listener.connection != nullptr && sent < 1000 && site.listener.connection->send_text(chunk)) {
        ++sent;
        largest = std::max(largest, site.listener.connection->buffered_bytes());
        if (largest > 64 * 1024) CHECK_FALSE(site.listener.connection->is_writable());
        site.network.run_for(1ms);
    }
    site.network.run_for(1ms);
    CHECK(writable_at_start);
    CHECK(sent > 64);
    CHECK(sent < 80);
    CHECK(largest <= 1024 * 1024 + 2 * chunk.size() + 64);
    CHECK(site.listener.events == Words{"closed 1008 slow consumer"});
    CHECK(*site.listener.cause == WebSocketCloseCause::slow_consumer);
    site.network.run_for(4900ms);  // for the goodbye
    CHECK(site.network.open_streams() == 1);
    site.network.run_for(200ms);
    CHECK(site.network.open_streams() == 0);
    peer.resume_reading();
    site.network.run_for(1s);
    CHECK(peer.is_closed());
}

TEST_CASE("a consumer may be behind by the limit, and not by one octet more") {
    for (const bool is_beyond : {false, true}) {
        WebSocketSite site;
        site.listener.options->outbound_bytes_max = 1000;
        site.open().stop_reading();
        CHECK(site.listener.connection->send_text(std::string(200'000, 'x')));
        site.network.run_until_idle();
        CHECK(site.listener.connection->send_text(std::string(is_beyond ? 997 : 996, 'y')));  // and 4 of its header
        site.network.run_until_idle();
        CHECK(site.listener.connection->send_text("z") == !is_beyond);
    }
}

TEST_CASE("what is said in one turn may be any amount, and some more behind it, to a peer that goes on reading") {
    WebSocketSite site;
    net::SimulatedPeer& peer = site.open();
    const std::string chunk(1024 * 1024, 'x');
    peer.stop_reading();
    for (int i = 0; i < 10; ++i)
        CHECK(site.listener.connection->send_text(chunk));
    site.network.run_for(1ms);
    CHECK(site.listener.connection->send_text(chunk));  // the first that counts
    peer.resume_reading();
    site.network.run_for(1s);
    CHECK(peer.received().size() == 11 * server_text(chunk).size());
    CHECK(site.listener.events.empty());
}

TEST_CASE("what one turn says to a peer that stopped reading is bounded") {
    WebSocketSite site;
    net::SimulatedPeer& peer = site.open();
    const std::string chunk(1024 * 1024, 'x');
    peer.stop_reading();
    int sent = 0;
    while (sent < 200 && site.listener.connection->send_text(chunk))
        ++sent;
    CHECK(sent >= 65);
    CHECK(sent < 70);
    site.network.run_for(1ms);
    CHECK(site.listener.events == Words{"closed 1008 slow consumer"});
}

TEST_CASE("one message of any length arrives at a peer that reads, with the next behind it") {
    WebSocketSite site;
    site.listener.options->turn_bytes_max = 1024 * 1024;
    net::SimulatedPeer& peer = site.open();
    const std::string large(5 * 1024 * 1024, 'x');
    CHECK(site.listener.connection->send_text(large));
    CHECK(site.listener.connection->send_text("behind"));
    CHECK(site.listener.connection->send_text("it"));
    site.network.run_for(1s);
    CHECK(peer.received().size() == server_text(large).size() + server_text("behind").size() + 4);
    CHECK(site.listener.events.empty());
}

TEST_CASE("a slow consumer that reads again in time gets everything and the close frame") {
    WebSocketSite site;
    net::SimulatedPeer& peer = site.open();
    peer.stop_reading();
    std::string expected;
    for (int i = 0; i < 80; ++i) {
        const std::string text(16 * 1024, static_cast<char>('a' + i % 26));
        if (site.listener.connection != nullptr && site.listener.connection->send_text(text))
            expected += server_text(text);
        site.network.run_until_idle();
    }
    site.network.run_for(1s);
    CHECK(site.listener.connection == nullptr);
    peer.resume_reading();
    site.network.run_for(1s);
    CHECK(peer.received() == expected + server_close(1008, "slow consumer"));
}

TEST_CASE(
    "a consumer that takes nothing for fifteen seconds is cut off, however little waits, and pongs do not count") {
    WebSocketSite site;
    net::SimulatedPeer& peer = site.open();
    peer.stop_reading();
    site.listener.connection->send_text(std::string(100'000, 'x'));
    for (int i = 0; i < 14; ++i) {
        peer.send(client_frame(websocket::Opcode::pong, ""));
        site.network.run_for(1s);
    }
    CHECK(site.listener.events.empty());
    site.network.run_for(1200ms);
    CHECK(site.listener.events == Words{"closed 1008 slow consumer"});
}

TEST_CASE("silence is answered with a ping, and more silence with the end") {
    WebSocketSite site;
    site.listener.options->ping_interval = 25s;
    site.listener.options->ping_timeout = 20s;
    net::SimulatedPeer& lively = site.open();
    for (int i = 0; i < 5; ++i) {
        site.network.run_for(25100ms);
        CHECK(lively.received() == server_frame(websocket::Opcode::ping, ""));
        lively.received().clear();
        lively.send(client_frame(websocket::Opcode::pong, ""));
        site.network.run_until_idle();
    }
    site.network.run_for(44s);
    CHECK(site.listener.events.empty());
    site.network.run_for(1500ms);
    CHECK(site.listener.events == Words{"closed 1006 "});
    CHECK(*site.listener.cause == WebSocketCloseCause::timed_out);
}

TEST_CASE("a flood of messages is handled a share at a time, and nobody else is held up") {
    WebSocketSite site;
    std::map<std::uint64_t, int> shares;  // messages by the number of the turn
    site.listener.when_message = [&] { ++shares[site.network.loop().turn()]; };
    std::size_t heard_before = 0;
    site.app.get("/", [&](Response response) {
        heard_before = site.listener.events.size();
        response.send("hello");
    });
    net::SimulatedPeer& peer = site.open();
    std::string flood;
    for (int i = 0; i < 5000; ++i)
        flood += client_text("m");
    peer.send(flood + client_close(1000));
    site.get("/");
    CHECK(heard_before <= 2 * 128);
    for (const auto& [turn, messages] : shares)
        CHECK(messages <= 128);
    CHECK(site.listener.events.size() == 5001);
    CHECK(site.listener.events.back() == "closed 1000 ");
    CHECK(peer.is_ended());
}

TEST_CASE("limits of the machine apply") {
    WebSocketSite site;
    site.listener.options->machine.message_bytes_max = 10;
    net::SimulatedPeer& peer = site.open();
    peer.send(client_text("1234567890"));
    peer.send(client_text("12345678901"));
    site.network.run_until_idle();
    REQUIRE(site.listener.events.size() == 2);
    CHECK(site.listener.events[1].starts_with("closed 1009"));
}

TEST_CASE("the end of the application closes every WebSocket") {
    Listener listener;
    {
        Site site;
        site.app.mount_upgrade(listener);
        site.ask(upgrade_request("/ws"));
        REQUIRE(listener.connection != nullptr);
    }
    CHECK(listener.events == Words{"closed 1006 "});
}

TEST_CASE("a peer may vanish at every moment of a conversation") {
    const std::string script =
        upgrade_request("/ws") + client_text("hello") + client_frame(websocket::Opcode::ping, "p") + client_close(1000);
    for (std::size_t cut = 0; cut <= script.size(); ++cut) {
        for (const bool resets : {false, true}) {
            WebSocketSite site;
            site.listener.echoes = true;
            net::SimulatedPeer& peer = site.connect();
            peer.send(script.substr(0, cut));
            site.network.run_until_idle();
            if (resets) {
                peer.reset();
            } else {
                peer.close();
            }
            site.network.run_for(30s);
            CHECK(site.listener.connection == nullptr);
            const bool was_open = cut >= upgrade_request("/ws").size();
            CHECK((site.listener.cause.has_value()) == was_open);
        }
    }
}

}  // namespace
}  // namespace parley::web::test
