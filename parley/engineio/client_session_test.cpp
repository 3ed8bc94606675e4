// SPDX-License-Identifier: MIT
#include "parley/engineio/client_session.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace parley::engineio::test {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

constexpr std::string_view open_packet =
    R"(0{"sid":"abc-DEF_1","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100})";

// A session and the driver that its description asks for, without connections.
struct Client {
    explicit Client(Transport transport = Transport::polling, ClientOptions chosen = {})
        : options(chosen), session(options, transport, now) {}

    void drain() {
        while (const auto event = session.next_event()) {
            switch (event->kind) {
                case ClientEvent::Kind::opened:
                    events.push_back("opened " + session.greeting().sid);
                    break;
                case ClientEvent::Kind::message_received:
                    events.push_back((event->message.is_binary ? "binary " : "text ") +
                                     std::string(event->message.data));
                    break;
                case ClientEvent::Kind::pinged:
                    events.emplace_back("pinged");
                    break;
                case ClientEvent::Kind::upgraded:
                    events.emplace_back("upgraded");
                    break;
                case ClientEvent::Kind::closed:
                    events.push_back("closed: " + std::string(to_string(event->closed.reason)) +
                                     (event->closed.description.empty() ? "" : ", ") +
                                     std::string(event->closed.description));
                    break;
            }
        }
    }
    void answer_poll(std::string_view body) {
        REQUIRE(session.is_poll_due());
        session.begin_poll();
        session.receive_poll_answer(body, now);
        drain();
    }
    void frame(std::string_view data) {
        session.receive_frame(data, false, now);
        drain();
    }
    void pass(Duration time) {
        now += time;
        session.handle_deadline(now);
        drain();
    }
    Lines take_events() { return std::exchange(events, {}); }

    ClientOptions options;
    TimePoint now{};
    ClientSession session;
    Lines events;
};

Client open_by_polling(ClientOptions options = {}) {
    Client client(Transport::polling, options);
    client.answer_poll(open_packet);
    client.take_events();
    return client;
}

}  // namespace

TEST_CASE("client session: the first poll brings the open packet, and whatever came with it") {
    Client client;
    client.answer_poll(std::string(open_packet) +
                       "\x1e"
                       "4hello\x1e"
                       "bAQI=");
    CHECK(client.events == Lines{"opened abc-DEF_1", "text hello", "binary \x01\x02"});
    CHECK(client.session.is_open());
    CHECK(client.session.is_poll_due());
    CHECK(client.session.is_upgrade_due());
    CHECK(client.session.greeting().max_payload == 100);
    CHECK(client.session.next_deadline() == client.now + 45s);
}

TEST_CASE("client session: over WebSocket the open packet is a frame, and nothing is polled or upgraded") {
    Client client(Transport::websocket);
    CHECK_FALSE(client.session.is_poll_due());
    client.frame(open_packet);
    client.frame("4hello");
    client.session.receive_frame("\x01", true, client.now);
    client.drain();
    CHECK(client.events == Lines{"opened abc-DEF_1", "text hello", "binary \x01"});
    CHECK_FALSE(client.session.is_upgrade_due());
    CHECK(client.session.sends_directly());
}

TEST_CASE("client session: what a client cannot live with in an open packet ends it") {
    for (const char* text :
         {R"(0{})", R"(0[])", "0", R"(0{"sid":"","pingInterval":1,"pingTimeout":1})",
          R"(0{"sid":"a b","pingInterval":1,"pingTimeout":1})", R"(0{"sid":"a","pingInterval":0,"pingTimeout":1})",
          R"(0{"sid":"a","pingInterval":1})", R"(0{"sid":"a","pingInterval":1,"pingTimeout":-1})",
          R"(0{"sid":"a","pingInterval":1,"pingTimeout":86400001})",
          R"(0{"sid":"a","pingInterval":"25","pingTimeout":1})"}) {
        CAPTURE(text);
        Client client;
        client.answer_poll(text);
        CHECK(client.events == Lines{"closed: parse error, the open packet of the server cannot be read"});
        CHECK(client.session.is_finished());
    }
    Client client;
    client.answer_poll("4too soon");
    CHECK(client.events == Lines{"closed: parse error, the server did not begin with an open packet"});
    CHECK_FALSE(client.session.is_poll_due());
}

TEST_CASE("client session: messages leave as payloads that the server takes, one POST at a time") {
    Client client = open_by_polling();
    ClientSession& session = client.session;
    CHECK_FALSE(session.is_post_due());
    CHECK(session.is_writable());
    CHECK(session.send({"one", false}));
    CHECK(session.send({"\x01\x02", true}));
    CHECK_FALSE(session.is_writable());
    REQUIRE(session.is_post_due());
    CHECK(session.take_payload() ==
          "4one\x1e"
          "bAQI=");
    CHECK(session.send({"two", false}));
    CHECK_FALSE(session.is_post_due());
    session.receive_post_answer(client.now);
    REQUIRE(session.is_post_due());
    CHECK(session.take_payload() == "4two");
    session.receive_post_answer(client.now);
    CHECK(session.is_writable());
    CHECK(session.waiting_bytes() == 0);
}

TEST_CASE("client session: a payload stays within maxPayload, but for one packet that is larger alone") {
    Client client = open_by_polling();
    ClientSession& session = client.session;
    const std::string half(46, 'x');  // two of them: 1 + 47 + 2 + 47 + 2 > 97, three more octets are too many
    const std::string large(300, 'y');
    for (const std::string& text : {half, half, half, large, half})
        CHECK(session.send({text, false}));
    CHECK(session.take_payload() == "4" + half +
                                        "\x1e"
                                        "4" +
                                        half);
    session.receive_post_answer(client.now);
    CHECK(session.take_payload() == "4" + half);
    session.receive_post_answer(client.now);
    CHECK(session.take_payload() == "4" + large);
    session.receive_post_answer(client.now);
    CHECK(session.take_payload() == "4" + half);
}

TEST_CASE("client session: no more waits than the send buffer may hold") {
    Client client = open_by_polling({.send_buffer_bytes_max = 10});
    CHECK(client.session.send({"12345", false}));
    CHECK_FALSE(client.session.send({"123456", false}));
    CHECK(client.session.send({"12345", false}));
    CHECK_FALSE(client.session.send({"1", false}));
    CHECK(client.session.waiting_bytes() == 10);
    static_cast<void>(client.session.take_payload());
    CHECK(client.session.send({"1", false}));
}

TEST_CASE("client session: a ping is answered and begins the heartbeat anew; its absence is the end") {
    Client client = open_by_polling();
    client.pass(44s);
    client.answer_poll("2");
    CHECK(client.take_events() == Lines{"pinged"});
    CHECK(client.session.take_payload() == "3");
    client.session.receive_post_answer(client.now);
    client.pass(44s);
    CHECK(client.events.empty());
    client.answer_poll("4anything else does not count");
    client.pass(1s);
    CHECK(client.events.back() == "closed: ping timeout, the server did not ping in time");
}

TEST_CASE("client session: a flood of pings makes one pong") {
    Client client = open_by_polling();
    std::string pings = "2";
    for (int i = 0; i < 1000; ++i)
        pings +=
            "\x1e"
            "2";
    client.answer_poll(pings);
    CHECK(client.take_events().size() == 1001);
    CHECK(client.session.take_payload() == "3");
}

TEST_CASE("client session: the upgrade probes, waits for poll and POST, and only then goes over") {
    Client client = open_by_polling();
    ClientSession& session = client.session;
    session.begin_poll();
    CHECK(session.send({"before", false}));
    CHECK(session.take_payload() == "4before");
    REQUIRE(session.is_upgrade_due());
    session.begin_upgrade();
    CHECK_FALSE(session.is_upgrade_due());
    session.receive_upgrade_open();
    CHECK(session.take_upgrade_packet() == "2probe");
    session.receive_upgrade_frame("3probe", false, client.now);
    client.drain();
    CHECK(session.send({"meanwhile", false}));
    CHECK_FALSE(session.is_post_due());
    CHECK_FALSE(session.take_packet().has_value());
    session.receive_post_answer(client.now);
    client.drain();
    CHECK(client.events.empty());
    session.receive_poll_answer(
        "4last\x1e"
        "6",
        client.now);
    client.drain();
    CHECK(client.take_events() == Lines{"text last", "upgraded"});
    CHECK(session.transport() == Transport::websocket);
    CHECK_FALSE(session.is_poll_due());
    CHECK_FALSE(session.take_packet().has_value());
    CHECK(session.take_upgrade_packet() == "5");
    const auto packet = session.take_packet();
    REQUIRE(packet.has_value());
    CHECK(packet->data == "meanwhile");
    CHECK(session.sends_directly());
    client.frame("4over there");
    CHECK(client.events == Lines{"text over there"});
}

TEST_CASE("client session: an upgrade that fails leaves the session where it was") {
    for (const int step : {0, 1, 2, 3}) {
        CAPTURE(step);
        Client client = open_by_polling();
        ClientSession& session = client.session;
        session.begin_poll();
        session.begin_upgrade();
        if (step > 0) session.receive_upgrade_open();
        if (step == 2) {
            session.receive_upgrade_frame("4surprise", false, client.now);
        } else {
            if (step == 3) session.receive_upgrade_frame("3probe", false, client.now);
            session.receive_upgrade_closed();
        }
        client.drain();
        CHECK_FALSE(session.is_upgrading());
        CHECK_FALSE(session.take_upgrade_packet().has_value());
        CHECK(client.events.empty());
        session.receive_poll_answer("4still here", client.now);
        client.drain();
        CHECK(client.events == Lines{"text still here"});
        CHECK(session.is_poll_due());
        CHECK_FALSE(session.is_upgrade_due());
    }
}

TEST_CASE("client session: closing says what waits and then goodbye") {
    Client client = open_by_polling();
    CHECK(client.session.send({"last words", false}));
    client.session.close(client.now);
    CHECK_FALSE(client.session.send({"too late", false}));
    CHECK(client.session.take_payload() == "4last words");
    client.session.receive_post_answer(client.now);
    CHECK(client.session.take_payload() == "1");
    CHECK_FALSE(client.session.is_finished());
    client.session.receive_post_answer(client.now);
    client.drain();
    CHECK(client.events == Lines{"closed: forced close"});
    CHECK(client.session.is_finished());

    Client over_websocket(Transport::websocket);
    over_websocket.frame(open_packet);
    CHECK(over_websocket.session.send({"x", false}));
    over_websocket.session.close(over_websocket.now);
    CHECK_FALSE(over_websocket.session.is_goodbye_due());
    CHECK(over_websocket.session.take_packet().has_value());
    CHECK(over_websocket.session.is_goodbye_due());
    over_websocket.frame("4not heard any more");
    over_websocket.session.receive_failure(CloseReason::transport_close, "whatever");
    over_websocket.drain();
    CHECK(over_websocket.events == Lines{"opened abc-DEF_1", "closed: forced close"});

    Client silent = open_by_polling();
    silent.session.close(silent.now);
    silent.pass(5s);
    CHECK(silent.events == Lines{"closed: forced close"});
    Client unborn;
    unborn.session.close(unborn.now);
    unborn.drain();
    CHECK(unborn.events == Lines{"closed: forced close"});
}

TEST_CASE("client session: each end of the other side is told once, with its reason") {
    Client goodbye = open_by_polling();
    goodbye.answer_poll(
        "4a\x1e"
        "1\x1e"
        "4b");
    CHECK(goodbye.events == Lines{"text a", "closed: transport close, the server closed the session"});
    Client garbage = open_by_polling();
    garbage.answer_poll(
        "4a\x1e"
        "x");
    CHECK(garbage.events == Lines{"text a", "closed: parse error, the server sent what is no packet"});
    Client empty = open_by_polling();
    empty.answer_poll("");
    CHECK(empty.events == Lines{"closed: parse error, the server sent what is no packet"});
    Client frame(Transport::websocket);
    frame.frame(open_packet);
    frame.frame("7");
    CHECK(frame.events.back() == "closed: parse error, the server sent what is no packet");
    Client lost = open_by_polling();
    lost.session.receive_failure(CloseReason::transport_error, "poll error");
    lost.session.receive_failure(CloseReason::transport_error, "post error");
    lost.drain();
    CHECK(lost.events == Lines{"closed: transport error, poll error"});
    Client late;
    late.pass(20s);
    CHECK(late.events == Lines{"closed: transport error, timeout"});
}

TEST_CASE("client session, protocol 3: it is the client that pings, and any packet is a sign of life") {
    ClientOptions options;
    options.revision = 3;
    for (const Transport transport : {Transport::polling, Transport::websocket}) {
        Client client(transport, options);
        const std::string greeting = std::to_string(open_packet.size()) + ":" + std::string(open_packet);
        transport == Transport::polling ? client.answer_poll(greeting + "2:4a") : client.frame(open_packet);
        client.take_events();
        const auto sent = [&] {
            if (transport == Transport::websocket) return std::string(1, to_char(client.session.take_packet()->type));
            const std::string payload = client.session.take_payload();
            client.session.receive_post_answer(client.now);
            return payload;
        };
        const auto say = [&](std::string_view text) {
            if (transport == Transport::websocket) return client.frame(text);
            client.answer_poll(std::to_string(text.size()) + ":" + std::string(text));
        };
        CHECK(client.session.next_deadline() == client.now + 25s);
        client.pass(25s);
        CHECK(sent() == (transport == Transport::polling ? "1:2" : "2"));
        CHECK(client.session.next_deadline() == client.now + 20s);
        client.pass(19s);
        say("3");
        CHECK(client.session.next_deadline() == client.now + 25s);
        client.pass(25s);
        static_cast<void>(sent());
        client.pass(19s);
        say("4still there");
        CHECK(client.session.next_deadline() == client.now + 45s);
        CHECK(client.take_events() == Lines{"text still there"});
        client.pass(45s);
        CHECK(client.events == Lines{"closed: ping timeout, the server did not answer a ping in time"});
    }
}

TEST_CASE("client session, protocol 3: payloads have lengths, and binary frames their type") {
    ClientOptions options;
    options.revision = 3;
    Client client(Transport::polling, options);
    client.answer_poll(std::to_string(open_packet.size()) + ":" + std::string(open_packet));
    REQUIRE(client.session.send({"a\u00fc", false}));
    REQUIRE(client.session.send({"\x01", true}));
    CHECK(client.session.take_payload() == "3:4a\u00fc6:b4AQ==");
    client.take_events();
    client.answer_poll("\x1e");
    CHECK(client.events == Lines{"closed: parse error, the server sent what is no packet"});

    Client other(Transport::websocket, options);
    other.frame(open_packet);
    other.session.receive_frame("\x04x", true, other.now);
    other.drain();
    other.session.receive_frame("x", true, other.now);
    other.drain();
    CHECK(other.events ==
          Lines{"opened abc-DEF_1", "binary x", "closed: parse error, the server sent what is no packet"});
}

}  // namespace parley::engineio::test
