// SPDX-License-Identifier: MIT
// Weaknesses that were published about WebSocket implementations, tried on the frames of this one.
#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "parley/websocket/test_support.hpp"
#include "tests/support/every_cut.hpp"

namespace parley::websocket {
namespace {

using namespace std::chrono_literals;
using test::client_frame;
using test::client_header;
using test::client_ping;
using test::client_text;
using test::Driver;
using test::Lines;
using test::octets;

const std::string too_big_line = "closed 1009 protocol_error: the message is too big";

TEST_CASE("CVE-2026-48779: a message in one-octet fragments retains little more than its octets") {
    Driver driver;
    driver.receive(client_frame(0x01, "x"));
    for (std::size_t size = 2; size <= 16'384; ++size) {
        driver.receive(client_frame(0x00, "x"));
        REQUIRE(driver.connection.retained_bytes() <= size + std::max<std::size_t>(size / 8, 4096));
    }
    driver.receive(client_frame(0x00, "x"));
    CHECK(driver.events == Lines{"closed 1008 protocol_error: too many fragments"});
}

TEST_CASE("CVE-2026-48779: a million empty continuations end the connection at the sixty-first") {
    Driver driver;
    driver.receive(client_frame(0x01, "x"));
    const std::string empty = client_frame(0x00, "");
    int taken = 0;
    while (driver.connection.is_open() && taken < 1'000'000) {
        driver.receive(empty);
        ++taken;
    }
    CHECK(taken == 61);
    CHECK(driver.events == Lines{"closed 1008 protocol_error: too many control frames"});
}

TEST_CASE("CVE-2026-48779: a large message in one-octet segments retains what arrived and one step ahead") {
    Driver driver;
    driver.uses_window = false;
    driver.receive(client_header(0x82, 1'000'000));
    CHECK(driver.connection.retained_bytes() == 0);
    for (std::size_t size = 1; size <= 200'000; ++size) {
        driver.receive("x");
        REQUIRE(driver.connection.retained_bytes() <= std::max<std::size_t>(2 * size, 65'536));
    }
}

TEST_CASE("automatic pongs do not queue when the peer does not read") {
    Driver driver;
    const std::string ping = client_ping(std::string(125, 'p'));
    std::size_t pings = 0;
    std::size_t most_waiting = 0;
    while (driver.connection.is_open() && pings < 1'000'000) {
        driver.receive(ping);
        if (driver.connection.is_open()) most_waiting = std::max(most_waiting, driver.outbox.size());
        ++pings;
    }
    CHECK(pings == 61);
    CHECK(most_waiting == frame_size(125));
    CHECK(driver.connection.retained_bytes() <= 125);
    CHECK(driver.events == Lines{"closed 1008 protocol_error: too many control frames"});

    SUBCASE("nor when they come slowly") {
        Driver slow;
        for (int i = 0; i < 10'000; ++i)
            slow.pass(50ms).receive(ping);
        CHECK(slow.connection.is_open());
        CHECK(slow.outbox.size() == frame_size(125));
    }
}

TEST_CASE("a short frame leaves nothing behind on an idle connection, however it was cut") {
    parley::test::for_every_cut(client_text("short") + client_ping("x"), [](std::span<const std::string_view> pieces) {
        Driver driver;
        for (const std::string_view piece : pieces)
            driver.receive(piece);
        REQUIRE(driver.events == Lines{"text short"});
        REQUIRE(driver.connection.retained_bytes() == 0);
        REQUIRE(driver.connection.receive_window().empty());
    });
}

TEST_CASE("CVE-2016-10542: a header alone that announces too much is refused, and costs no memory") {
    struct Row {
        std::uint64_t size;
        std::string line;
    };
    const Row rows[] = {
        {1'000'001, too_big_line},
        {0xFFFF'FFFF, too_big_line},
        {0x1'0000'0000, too_big_line},
        {0x7FFF'FFFF'FFFF'FFFF, too_big_line},
        {0x8000'0000'0000'0000, "closed 1002 protocol_error: a length above 2^63"},
        {0xFFFF'FFFF'FFFF'FFFF, "closed 1002 protocol_error: a length above 2^63"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.size);
        Driver driver;
        driver.receive(client_header(0x82, row.size));
        CHECK(driver.events == Lines{row.line});
        CHECK(driver.connection.retained_bytes() == 0);
    }
    Driver allowed;
    allowed.receive(client_header(0x82, 1'000'000));
    CHECK(allowed.connection.is_open());
    CHECK(allowed.connection.receive_window().empty());
    CHECK(allowed.connection.retained_bytes() == 0);
}

TEST_CASE("CVE-2026-1528, CVE-2020-27813: 64-bit lengths neither overflow nor wrap, at every cut") {
    struct Row {
        std::string header;
        std::string line;
    };
    const std::string not_minimal = "closed 1002 protocol_error: a length that is not minimal";
    const std::string above = "closed 1002 protocol_error: a length above 2^63";
    const auto wide = [](std::uint64_t size) {
        std::string header = octets({0x82, 0x80 | 127});
        for (int shift = 56; shift >= 0; shift -= 8)
            header.push_back(static_cast<char>(size >> shift));
        return header + "mask";
    };
    const Row rows[] = {
        {wide(0x7FFF'FFFF), too_big_line},
        {wide(0x8000'0000), too_big_line},
        {wide(0xFFFF'FFFF), too_big_line},
        {wide((1ULL << 53) + 1), too_big_line},
        {wide(0x7FFF'FFFF'FFFF'FFFF), too_big_line},
        {wide(0x8000'0000'0000'0000), above},
        {wide(0xFFFF'FFFF'FFFF'FFFF), above},
        {wide(0), not_minimal},
        {wide(125), not_minimal},
        {wide(0xFFFF), not_minimal},
        {octets({0x82, 0x80 | 126, 0, 125}) + "mask", not_minimal},
    };
    for (const Row& row : rows) {
        CAPTURE(row.line);
        parley::test::for_every_cut(client_frame(0x02, "first") + octets({0x80}) + row.header.substr(1),
                                    [&](std::span<const std::string_view> pieces) {
                                        Driver driver;
                                        for (const std::string_view piece : pieces)
                                            driver.receive(piece);
                                        REQUIRE(driver.events == Lines{row.line});
                                    });
    }
}

TEST_CASE("CVE-2020-13935: no configuration is without a limit") {
    const Options unlimited{.message_bytes_max = std::numeric_limits<std::size_t>::max(),
                            .limits = {.fragments_max = std::numeric_limits<std::uint32_t>::max()}};
    Driver driver(unlimited);
    driver.receive(client_header(0x82, (1ULL << 30) + 1));
    CHECK(driver.events == Lines{too_big_line});
    Driver sum(unlimited);
    sum.receive(client_frame(0x02, "x") + client_header(0x80, 1ULL << 30));
    CHECK(sum.events == Lines{too_big_line});
    Driver within(unlimited);
    within.receive(client_header(0x82, 1ULL << 30) + "x");
    CHECK(within.connection.is_open());
    CHECK(within.connection.retained_bytes() <= 65'536);
}

TEST_CASE("CVE-2022-21676: what follows a handshake at once, and is no frame, ends in 1002") {
    for (const std::string& text : {std::string("test"), client_frame(0xA1, "x"), octets({0x81, 0x01, 'x'})}) {
        Driver driver;
        driver.receive(text);
        REQUIRE(driver.events.size() == 1);
        CHECK(driver.events.front().starts_with("closed 1002 protocol_error"));
        CHECK(driver.sent().substr(2, 2) == octets({0x03, 0xEA}));
    }
}

}  // namespace
}  // namespace parley::websocket
