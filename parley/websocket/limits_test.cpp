// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include "parley/websocket/test_support.hpp"

namespace parley::websocket {
namespace {

using namespace std::chrono_literals;
using test::client_binary;
using test::client_frame;
using test::client_header;
using test::client_text;
using test::Driver;
using test::Lines;

const std::string too_big_line = "closed 1009 protocol_error: the message is too big";

TEST_CASE("a message in one frame: limit - 1, limit, limit + 1") {
    for (const std::size_t limit : {0U, 10U, 125U, 126U, 65'535U, 65'536U, 1'000'000U}) {
        CAPTURE(limit);
        const Options options{.message_bytes_max = limit};
        if (limit > 0) CHECK(Driver(options).receive(client_text(std::string(limit - 1, 'x'))).events.size() == 1);
        CHECK(Driver(options).receive(client_text(std::string(limit, 'x'))).events ==
              Lines{"text " + std::string(limit, 'x')});
        CHECK(Driver(options).receive(client_text(std::string(limit + 1, 'x'))).events == Lines{too_big_line});
    }
}

TEST_CASE("the default limit is a million octets") {
    CHECK(Driver{}.receive(client_header(0x82, 1'000'000)).events.empty());
    CHECK(Driver{}.receive(client_header(0x82, 1'000'001)).events == Lines{too_big_line});
}

TEST_CASE("a fragmented message: the sum of its frames counts, and the next message starts anew") {
    const Options options{.message_bytes_max = 10};
    CHECK(Driver(options).receive(client_frame(0x01, "12345") + client_frame(0x80, "6789")).events.size() == 1);
    CHECK(Driver(options).receive(client_frame(0x01, "12345") + client_frame(0x80, "67890")).events ==
          Lines{"text 1234567890"});
    CHECK(Driver(options).receive(client_frame(0x01, "12345") + client_header(0x80, 6)).events == Lines{too_big_line});
    Driver driver(options);
    for (int i = 0; i < 3; ++i)
        driver.receive(client_frame(0x02, "12345") + client_frame(0x80, "67890") + client_binary("1234567890"));
    CHECK(driver.events.size() == 6);
}

TEST_CASE("a message may have as many fragments as allowed, control frames between them do not count") {
    for (const std::uint32_t limit : {1U, 2U, 100U, 16'384U}) {
        CAPTURE(limit);
        std::string stream = limit > 1 ? client_frame(0x01, "x") : client_text("x");
        for (std::uint32_t i = 2; i <= limit; ++i)
            stream += client_frame(i == limit ? 0x80 : 0x00, "x");
        const Options options{.limits = {.fragments_max = limit}};
        CHECK(Driver(options).receive(stream).events == Lines{"text " + std::string(limit, 'x')});

        Driver over(options);
        over.receive(client_frame(0x01, "x"));
        for (std::uint32_t i = 2; i <= limit; ++i)
            over.receive(client_frame(0x00, "x") + (i % 50 == 0 ? client_frame(0x8A, "") : "")).pass(1ms);
        CHECK(over.connection.is_open());
        over.receive(client_frame(0x80, "x"));
        CHECK(over.events == Lines{"closed 1008 protocol_error: too many fragments"});
    }
}

TEST_CASE("65,536 fragments of 64 octets are a message where the options allow so many") {
    const std::string piece(64, 'x');
    const Options options{.message_bytes_max = 4 * 1024 * 1024, .limits = {.fragments_max = 65'536}};
    for (const int opcode : {0x01, 0x02}) {
        Driver driver(options);
        driver.receive(client_frame(opcode, piece));
        for (int i = 0; i < 65'534; ++i)
            driver.receive(client_frame(0x00, piece));
        CHECK(driver.events.empty());
        driver.receive(client_frame(0x80, piece));
        REQUIRE(driver.events.size() == 1);
        CHECK(driver.events[0].size() == (opcode == 0x01 ? 5 : 7) + 65'536 * 64);
        CHECK(driver.connection.is_open());
    }
}

TEST_CASE("a limit of nothing is refused by name") {
    CHECK(check_limits({}, "limits").empty());
    CHECK(check_limits({.fragments_max = 0}, "limits") == "limits.fragments_max must be more than zero");
    CHECK(check_limits({.control_burst_max = 0}, "limits") == "limits.control_burst_max must be more than zero");
    CHECK(check_limits({.control_per_second_max = 0}, "limits") ==
          "limits.control_per_second_max must be more than zero");
    CHECK(check_limits({.frame_timeout = 0s}, "limits") == "limits.frame_timeout must be more than zero");
    CHECK(check_limits({.frame_bytes_per_second_min = 0}, "limits") ==
          "limits.frame_bytes_per_second_min must be more than zero");
    CHECK(check_limits({.close_timeout = -1s}, "limits") == "limits.close_timeout must be more than zero");
}

TEST_CASE("the time of a frame and of a close is an option") {
    const Options options{.limits = {.frame_timeout = 2s, .frame_bytes_per_second_min = 10, .close_timeout = 700ms}};
    Driver frame(options);
    frame.receive(client_header(0x82, 100) + std::string(5, 'x'));
    CHECK(frame.connection.next_deadline() == frame.now + 2s + 500ms);
    Driver closing(options);
    closing.connection.close({CloseCode::normal, ""}, closing.now, closing.outbox);
    CHECK(closing.connection.next_deadline() == closing.now + 700ms);
}

TEST_CASE("the fragments of each message are counted anew") {
    Driver driver(Options{.limits = {.fragments_max = 2}});
    for (int i = 0; i < 3; ++i)
        driver.receive(client_frame(0x01, "a") + client_frame(0x80, "b") + client_text("c"));
    CHECK(driver.events == Lines{"text ab", "text c", "text ab", "text c", "text ab", "text c"});
}

TEST_CASE("a frame has thirty seconds and what its octets earn it") {
    Driver driver;
    driver.now += 1h;
    CHECK(driver.connection.next_deadline() == no_deadline);
    const std::string frame = client_binary(std::string(100'000, 'x'));
    driver.receive(frame.substr(0, 1));
    const TimePoint begin = driver.now;
    CHECK(driver.connection.next_deadline() == begin + 30s);
    driver.now += 29s;
    driver.receive(frame.substr(1, 13));
    CHECK(driver.connection.next_deadline() == begin + 30s);
    driver.receive(frame.substr(14, 1'024));
    CHECK(driver.connection.next_deadline() == begin + 30s + 250ms);
    driver.receive(frame.substr(14 + 1'024, 81'920 - 1'024));
    CHECK(driver.connection.next_deadline() == begin + 50s);

    SUBCASE("in time") {
        driver.pass(21s - 1ns).receive(frame.substr(14 + 81'920));
        CHECK(driver.events.size() == 1);
        CHECK(driver.connection.next_deadline() == no_deadline);
    }
    SUBCASE("too late") {
        driver.pass(21s);
        CHECK(driver.events == Lines{"closed 1008 timed_out: a frame took too long"});
        CHECK(driver.sent() == test::server_close(1008, "a frame took too long"));
    }
}

TEST_CASE("no deadline runs between messages, nor between the fragments of one") {
    Driver driver;
    driver.receive(client_text("x"));
    CHECK(driver.connection.next_deadline() == no_deadline);
    driver.receive(client_frame(0x01, "x"));
    CHECK(driver.connection.next_deadline() == no_deadline);
    driver.pass(24h).receive(client_frame(0x80, "y"));
    CHECK(driver.events.back() == "text xy");
}

TEST_CASE("an early deadline is harmless") {
    Driver driver;
    driver.receive(client_header(0x81, 5));
    driver.pass(1s).pass(1s).receive(test::masked("Hello"));
    CHECK(driver.events == Lines{"text Hello"});
}

}  // namespace
}  // namespace parley::websocket
