// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include "parley/websocket/test_support.hpp"
#include "tests/support/every_cut.hpp"

namespace parley::websocket {
namespace {

using namespace std::chrono_literals;
using test::client_close;
using test::client_frame;
using test::client_text;
using test::Driver;
using test::Lines;
using test::octets;
using test::server_close;
using test::server_frame;

void check_close_every_cut(std::string_view input, const Lines& events, std::string_view sent) {
    parley::test::for_every_cut(input, [&](std::span<const std::string_view> pieces) {
        Driver driver;
        for (const std::string_view piece : pieces)
            driver.receive(piece);
        REQUIRE(driver.events == events);
        REQUIRE(driver.sent() == sent);
        REQUIRE_FALSE(driver.connection.is_open());
    });
}

TEST_CASE("a close frame is answered with its code and its reason, and nothing behind it is read") {
    check_close_every_cut(client_close(1000, "bye") + client_text("ignored") + client_frame(0x89, "ignored"),
                          {"closed 1000 closed_by_peer: bye"}, server_close(1000, "bye"));
    check_close_every_cut(client_close(4999, std::string(123, 'r')),
                          {"closed 4999 closed_by_peer: " + std::string(123, 'r')},
                          server_close(4999, std::string(123, 'r')));
}

TEST_CASE("a close frame without a code is answered without one and reported as 1005") {
    check_close_every_cut(client_frame(0x88, ""), {"closed 1005 closed_by_peer"}, server_frame(Opcode::close, ""));
}

TEST_CASE("close codes that must not be sent, half a code, and a reason that is no text are violations") {
    for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65'535}) {
        CAPTURE(code);
        check_close_every_cut(client_close(code), {"closed 1002 protocol_error: a close code that must not be sent"},
                              server_close(1002));
    }
    check_close_every_cut(client_frame(0x88, "\x03"), {"closed 1002 protocol_error: a close frame with half a code"},
                          server_close(1002));
    check_close_every_cut(client_close(1000, "\xce\xba\xe1"), {"closed 1007 protocol_error: text that is not UTF-8"},
                          server_close(1007));
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000}) {
        CAPTURE(code);
        check_close_every_cut(client_close(code), {"closed " + std::to_string(code) + " closed_by_peer"},
                              server_close(code));
    }
}

TEST_CASE("a close frame inside a fragmented message ends it") {
    check_close_every_cut(client_frame(0x01, "half a") + client_close(1001), {"closed 1001 closed_by_peer"},
                          server_close(1001));
}

TEST_CASE("our close sends its frame once, and ends with the peer's answer") {
    Driver driver;
    CHECK(driver.connection.close({CloseCode::normal, "done"}, driver.now, driver.outbox));
    CHECK(driver.take_sent() == server_close(1000, "done"));
    CHECK_FALSE(driver.connection.is_open());
    CHECK_FALSE(driver.connection.close({CloseCode::normal, "again"}, driver.now, driver.outbox));
    driver.drain();
    CHECK(driver.events.empty());
    driver.receive(client_close(1000, "yes"));
    CHECK(driver.events == Lines{"closed 1000 closed_by_us: yes"});
    CHECK(driver.sent().empty());
    CHECK(driver.connection.next_deadline() == no_deadline);
}

TEST_CASE("while closing, messages are neither sent nor handed out, and pings are not answered") {
    Driver driver;
    driver.receive(client_frame(0x01, "half"));
    driver.connection.close({}, driver.now, driver.outbox);
    CHECK(driver.take_sent() == server_frame(Opcode::close, ""));
    CHECK_FALSE(driver.connection.send_text("x", driver.outbox));
    CHECK_FALSE(driver.connection.send_text('x', "x", driver.outbox));
    CHECK_FALSE(driver.connection.send_binary("x", driver.outbox));
    CHECK_FALSE(driver.connection.ping("x", driver.outbox));
    driver.receive(client_frame(0x80, "rest") + client_text("more") + client_frame(0x89, "ping") +
                   test::client_header(0x82, 100'000));
    CHECK(driver.connection.retained_bytes() == 0);
    driver.receive(std::string(100'000, 'x'));
    CHECK(driver.events.empty());
    CHECK(driver.sent().empty());
    CHECK(driver.connection.retained_bytes() == 0);
    driver.receive(client_frame(0x88, ""));
    CHECK(driver.events == Lines{"closed 1005 closed_by_us"});
}

TEST_CASE("a close from inside a message that fills the window does not touch what is being received") {
    Driver driver;
    driver.receive(test::client_header(0x82, 100'000) + std::string(20'000, 'x'));
    const std::span<char> window = driver.connection.receive_window();
    REQUIRE(window.size() > 10'000);
    driver.connection.close({}, driver.now, driver.outbox);
    std::fill(window.begin(), window.end(), 'x');
    driver.connection.receive(window, driver.now);
    driver.drain();
    CHECK(driver.connection.receive_window().empty());
    CHECK(driver.connection.retained_bytes() == 0);
    driver.receive(std::string(80'000 - window.size(), 'x') + client_close(1000));
    CHECK(driver.events == Lines{"closed 1000 closed_by_us"});
}

TEST_CASE("a deadline while the window is lent out leaves its memory alone") {
    Driver driver;
    driver.receive(test::client_header(0x82, 100'000) + std::string(20'000, 'x'));
    const std::span<char> window = driver.connection.receive_window();
    driver.pass(1h);
    CHECK(driver.events == Lines{"closed 1008 timed_out: a frame took too long"});
    std::fill(window.begin(), window.end(), 'x');
    driver.connection.receive(window, driver.now);
    driver.drain();
    CHECK(driver.events.size() == 1);
}

TEST_CASE("a peer that does not answer our close is given five seconds") {
    Driver driver;
    driver.now += 1h;
    driver.connection.close({CloseCode::going_away, ""}, driver.now, driver.outbox);
    CHECK(driver.connection.next_deadline() == driver.now + 5s);
    driver.pass(5s - 1ns);
    CHECK(driver.events.empty());
    // What the peer sends instead does not win it time.
    driver.receive(client_text("still talking"));
    CHECK(driver.connection.next_deadline() == driver.now + 1ns);
    driver.pass(1ns);
    CHECK(driver.events == Lines{"closed 1006 closed_by_us: the peer did not answer the close frame"});
    CHECK(driver.connection.next_deadline() == no_deadline);
    driver.pass(1h).receive(client_close(1000)).receive_eof();
    CHECK(driver.events.size() == 1);
}

TEST_CASE("a violation while closing ends it, and no second close frame is sent") {
    Driver driver;
    driver.connection.close({CloseCode::normal, ""}, driver.now, driver.outbox);
    driver.take_sent();
    driver.receive(client_frame(0x8B, ""));
    CHECK(driver.events == Lines{"closed 1002 protocol_error: a reserved opcode"});
    CHECK(driver.sent().empty());
}

TEST_CASE("the end of the stream without a close frame is 1006, in every state") {
    SUBCASE("open") {
        CHECK(Driver{}.receive_eof().events == Lines{"closed 1006 connection_lost"});
    }
    SUBCASE("within a header") {
        CHECK(Driver{}.receive(octets({0x81})).receive_eof().events == Lines{"closed 1006 connection_lost"});
    }
    SUBCASE("within a message") {
        CHECK(Driver{}.receive(client_frame(0x01, "x")).receive_eof().events == Lines{"closed 1006 connection_lost"});
    }
    SUBCASE("closing") {
        Driver driver;
        driver.connection.close({CloseCode::normal, ""}, driver.now, driver.outbox);
        CHECK(driver.receive_eof().events == Lines{"closed 1006 connection_lost"});
    }
    SUBCASE("closed already") {
        CHECK(Driver{}.receive(client_close(1000)).receive_eof().events == Lines{"closed 1000 closed_by_peer"});
    }
}

TEST_CASE("a close that cannot be sent is refused and changes nothing") {
    Driver driver;
    const CloseStatus rows[] = {
        {CloseCode::no_status, ""},
        {CloseCode::abnormal, ""},
        {static_cast<CloseCode>(2999), ""},
        {static_cast<CloseCode>(0), ""},
        {std::nullopt, "a reason without a code"},
        {CloseCode::normal, "\xff"},
    };
    for (const CloseStatus& status : rows)
        CHECK_FALSE(driver.connection.close(status, driver.now, driver.outbox));
    CHECK_FALSE(driver.connection.close({CloseCode::normal, std::string(124, 'r')}, driver.now, driver.outbox));
    CHECK(driver.sent().empty());
    CHECK(driver.connection.is_open());
    CHECK(driver.connection.close({CloseCode::normal, std::string(123, 'r')}, driver.now, driver.outbox));
    CHECK(driver.sent() == server_close(1000, std::string(123, 'r')));
}

TEST_CASE("a close reason that stands in kept octets lives until the next call") {
    Driver driver;
    std::string stream = client_text("one") + client_close(1000, "a reason to keep");
    driver.connection.receive(stream, driver.now);
    (void)driver.connection.next_event(driver.outbox);
    driver.connection.keep_unread();
    stream.assign(stream.size(), '!');
    driver.drain();
    CHECK(driver.events == Lines{"closed 1000 closed_by_peer: a reason to keep"});
}

}  // namespace
}  // namespace parley::websocket
