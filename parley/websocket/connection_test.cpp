// SPDX-License-Identifier: MIT
#include "parley/websocket/connection.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/websocket/test_support.hpp"
#include "tests/support/every_cut.hpp"

namespace parley::websocket {
namespace {

using test::client_binary;
using test::client_frame;
using test::client_text;
using test::Driver;
using test::Lines;
using test::octets;

// What happens is the same for every cut of the input, with the window and without.
void check_every_cut(std::string_view input, const Lines& events, std::string_view sent = {}) {
    for (const bool uses_window : {true, false}) {
        parley::test::for_every_cut(input, [&](std::span<const std::string_view> pieces) {
            Driver driver;
            driver.uses_window = uses_window;
            for (const std::string_view piece : pieces)
                driver.receive(piece);
            REQUIRE(driver.events == events);
            REQUIRE(driver.sent() == sent);
        });
    }
}

TEST_CASE("the examples of RFC 6455 §5.7, as a server receives them") {
    SUBCASE("a single-frame masked text message") {
        check_every_cut(octets({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}), {"text Hello"});
    }
    SUBCASE("a fragmented text message, masked here") {
        check_every_cut(client_frame(0x01, "Hel") + client_frame(0x80, "lo"), {"text Hello"});
    }
    SUBCASE("a ping, answered by a pong with the same payload") {
        check_every_cut(client_frame(0x89, "Hello"), {}, octets({0x8a, 0x05, 'H', 'e', 'l', 'l', 'o'}));
    }
    SUBCASE("256 octets of binary") {
        check_every_cut(client_binary(std::string(256, 'b')), {"binary " + std::string(256, 'b')});
    }
}

TEST_CASE("an unmasked frame is a violation for a server") {
    check_every_cut(octets({0x81, 0x05, 'H', 'e', 'l', 'l', 'o'}),
                    {"closed 1002 protocol_error: a frame is not masked"}, test::server_close(1002));
}

TEST_CASE("messages of every kind in one stream keep their order") {
    const std::string stream = client_text("one") + client_binary(std::string("\0\xff", 2)) + client_text("") +
                               client_frame(0x0A | 0x80, "unasked") + client_binary("") + client_text("täxt");
    check_every_cut(stream, {"text one", "binary " + std::string("\0\xff", 2), "text ", "binary ", "text täxt"});
}

TEST_CASE("control frames may stand between the fragments of a message") {
    const std::string stream = client_frame(0x01, "a") + client_frame(0x89, "p1") + client_frame(0x00, "") +
                               client_frame(0x8A, "") + client_frame(0x00, "b") + client_frame(0x80, "c") +
                               client_text("next");
    check_every_cut(stream, {"text abc", "text next"}, test::server_frame(Opcode::pong, "p1"));
}

TEST_CASE("a message may end with an empty fragment, and may be nothing but empty fragments") {
    check_every_cut(client_frame(0x02, "ab") + client_frame(0x80, ""), {"binary ab"});
    check_every_cut(client_frame(0x01, "") + client_frame(0x00, "") + client_frame(0x80, ""), {"text "});
}

TEST_CASE("frames that do not fit where they stand are violations") {
    SUBCASE("a continuation without a message") {
        check_every_cut(client_frame(0x80, "x"), {"closed 1002 protocol_error: a continuation without a message"},
                        test::server_close(1002));
    }
    SUBCASE("a continuation behind a finished message") {
        check_every_cut(client_frame(0x01, "a") + client_frame(0x80, "b") + client_frame(0x80, "c"),
                        {"text ab", "closed 1002 protocol_error: a continuation without a message"},
                        test::server_close(1002));
    }
    SUBCASE("a message inside a fragmented message") {
        check_every_cut(client_frame(0x01, "a") + client_text("b"),
                        {"closed 1002 protocol_error: a message inside a fragmented message"},
                        test::server_close(1002));
    }
    SUBCASE("RSV1, as long as no extension is negotiated") {
        check_every_cut(client_frame(0xC1, "a"), {"closed 1002 protocol_error: RSV1 is set without an extension"},
                        test::server_close(1002));
    }
    SUBCASE("a reserved opcode") {
        check_every_cut(client_text("a") + client_frame(0x83, "b"),
                        {"text a", "closed 1002 protocol_error: a reserved opcode"}, test::server_close(1002));
    }
}

TEST_CASE("nothing that follows a violation is read") {
    check_every_cut(client_frame(0x8B, "") + client_text("ignored") + client_frame(0x89, "ignored"),
                    {"closed 1002 protocol_error: a reserved opcode"}, test::server_close(1002));
}

TEST_CASE("a message that is received whole is a view of the received octets and owns no memory") {
    Driver driver;
    std::string stream = client_text("view of me") + client_binary("me too");
    driver.connection.receive(stream, driver.now);
    for (const std::string_view expected : {"view of me", "me too"}) {
        const auto event = driver.connection.next_event(driver.outbox);
        REQUIRE(event.has_value());
        CHECK(event->message.data == expected);
        CHECK(event->message.data.data() >= stream.data());
        CHECK(event->message.data.data() + event->message.data.size() <= stream.data() + stream.size());
        CHECK(driver.connection.retained_bytes() == 0);
    }
    CHECK_FALSE(driver.connection.next_event(driver.outbox).has_value());
}

TEST_CASE("the window takes a large message without a copy, and its memory goes with the message") {
    Driver driver;
    const std::string payload(300'000, 'x');
    const std::string frame = client_text(payload);
    std::string first = frame.substr(0, 20'000);
    driver.connection.receive(first, driver.now);
    driver.drain();

    std::string_view rest = std::string_view(frame).substr(20'000);
    int receives = 0;
    while (!rest.empty()) {
        std::string small(rest.substr(0, 10'000));
        const std::span<char> window = driver.connection.receive_window();
        std::span<char> into = window.empty() ? std::span<char>(small) : window;
        const std::size_t size = rest.copy(into.data(), into.size());
        rest.remove_prefix(size);
        ++receives;
        driver.connection.receive(into.first(size), driver.now);
        const auto event = driver.connection.next_event(driver.outbox);
        REQUIRE(event.has_value() == rest.empty());
        if (!event) continue;
        CHECK(event->message.data == payload);
        if (!window.empty()) CHECK(event->message.data.data() + event->message.data.size() == into.data() + size);
    }
    CHECK(receives < 8);
    CHECK(driver.connection.retained_bytes() == payload.size());
    driver.drain();
    CHECK(driver.connection.retained_bytes() == 0);
    CHECK(driver.connection.receive_window().empty());
}

TEST_CASE("the window ends where the frame ends, and there is none for a rest that is short") {
    Driver driver;
    driver.receive(test::client_header(0x82, 40'000) + std::string(10'000, 'x'));
    CHECK(driver.connection.receive_window().size() == 30'000);
    driver.receive(std::string(20'000, 'x'));
    CHECK(driver.connection.receive_window().empty());
    driver.receive(std::string(10'000, 'x'));
    CHECK(driver.events.size() == 1);
}

TEST_CASE("what is unread can be kept while the received octets go") {
    Driver driver;
    {
        std::string stream = client_text("one") + client_text("two") + client_frame(0x01, "thr");
        driver.connection.receive(stream, driver.now);
        CHECK(driver.connection.has_unread());
        driver.events.push_back(test::describe(*driver.connection.next_event(driver.outbox)));
        CHECK(driver.connection.has_unread());
        driver.connection.keep_unread();
        stream.assign(stream.size(), '!');
    }
    CHECK(driver.connection.has_unread());
    const auto second = driver.connection.next_event(driver.outbox);
    driver.connection.keep_unread();  // once more: nothing moves, and the view of the message stays good
    driver.events.push_back(test::describe(*second));
    driver.drain();
    CHECK_FALSE(driver.connection.has_unread());
    driver.receive(client_frame(0x80, "ee"));
    CHECK(driver.events == Lines{"text one", "text two", "text three"});
    CHECK(driver.connection.retained_bytes() == 0);
}

TEST_CASE("the end of the stream behind kept octets comes after them") {
    Driver driver;
    std::string stream = client_text("one") + client_text("two");
    driver.connection.receive(stream, driver.now);
    driver.events.push_back(test::describe(*driver.connection.next_event(driver.outbox)));
    driver.connection.keep_unread();
    driver.receive_eof();
    CHECK(driver.events == Lines{"text one", "text two", "closed 1006 connection_lost"});
}

TEST_CASE("what is sent is one final, unmasked frame each") {
    Driver driver;
    CHECK(driver.connection.send_text("Hello", driver.outbox));
    CHECK(driver.take_sent() == octets({0x81, 0x05, 'H', 'e', 'l', 'l', 'o'}));
    CHECK(driver.connection.send_text('4', "Hell", driver.outbox));
    CHECK(driver.take_sent() == octets({0x81, 0x05, '4', 'H', 'e', 'l', 'l'}));
    CHECK(driver.connection.send_binary(octets({0, 255}), driver.outbox));
    CHECK(driver.take_sent() == octets({0x82, 0x02, 0, 255}));
    CHECK(driver.connection.ping("p", driver.outbox));
    CHECK(driver.take_sent() == octets({0x89, 0x01, 'p'}));
    CHECK_FALSE(driver.connection.ping(std::string(126, 'p'), driver.outbox));
    CHECK(driver.sent().empty());
}

}  // namespace
}  // namespace parley::websocket
