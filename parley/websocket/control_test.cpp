// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include "parley/websocket/test_support.hpp"

namespace parley::websocket {
namespace {

using namespace std::chrono_literals;
using test::client_frame;
using test::client_ping;
using test::client_text;
using test::Driver;
using test::Lines;
using test::server_frame;

const std::string too_many_line = "closed 1008 protocol_error: too many control frames";

TEST_CASE("each ping of one receive is answered, in order") {
    Driver driver;
    driver.receive(client_ping("1") + client_ping("") + client_text("x") + client_ping(std::string(125, '3')));
    CHECK(driver.sent() == server_frame(Opcode::pong, "1") + server_frame(Opcode::pong, "") +
                               server_frame(Opcode::pong, std::string(125, '3')));
    CHECK(driver.connection.retained_bytes() == 0);
}

TEST_CASE("while our last pong has not left, only the latest ping is remembered") {
    Driver driver;
    driver.receive(client_ping("first"));
    const std::string first = server_frame(Opcode::pong, "first");
    for (const char* const payload : {"second", "third", "fourth"})
        driver.receive(client_ping(payload));
    CHECK(driver.sent() == first);

    SUBCASE("it is answered with the next receive after the pong has left") {
        driver.outbox.consume(first.size() - 1);
        driver.receive(client_text("x"));
        CHECK(driver.sent().size() == 1);
        driver.outbox.consume(1);
        driver.receive(client_text("x"));
        CHECK(driver.take_sent() == server_frame(Opcode::pong, "fourth"));
    }
    SUBCASE("or a second later, when nothing is received") {
        CHECK(driver.connection.next_deadline() == driver.now + 1s);
        driver.pass(1s);
        CHECK(driver.sent() == first);
        CHECK(driver.connection.next_deadline() == driver.now + 1s);
        driver.outbox.consume(driver.outbox.size());
        driver.pass(1s);
        CHECK(driver.take_sent() == server_frame(Opcode::pong, "fourth"));
        CHECK(driver.connection.next_deadline() == no_deadline);
    }
    SUBCASE("or replaced by the answer to a ping that comes then") {
        driver.outbox.consume(driver.outbox.size());
        driver.receive(client_ping("fifth"));
        CHECK(driver.take_sent() == server_frame(Opcode::pong, "fifth"));
        CHECK(driver.connection.next_deadline() == no_deadline);
    }
    SUBCASE("or forgotten when we close") {
        driver.take_sent();
        driver.connection.close({}, driver.now, driver.outbox);
        driver.take_sent();
        driver.pass(1s);
        CHECK(driver.sent().empty());
    }
    CHECK(driver.connection.retained_bytes() <= 125);
}

TEST_CASE("other octets that wait in the outbox do not hold a pong back") {
    Driver driver;
    driver.connection.send_text("a long answer that the peer takes slowly", driver.outbox);
    const std::string before = driver.sent();
    driver.receive(client_ping("p"));
    CHECK(driver.sent() == before + server_frame(Opcode::pong, "p"));
}

TEST_CASE("sixty control frames may come at once, one more is too many") {
    Driver driver;
    for (int i = 0; i < 60; ++i)
        driver.receive(client_ping());
    CHECK(driver.connection.is_open());
    driver.take_sent();
    driver.receive(client_ping());
    CHECK(driver.events == Lines{too_many_line});
    CHECK(driver.sent() == test::server_close(1008, "too many control frames"));
}

TEST_CASE("twenty control frames a second may come for ever, one more is too many soon") {
    for (const auto& [interval, is_fine] : {std::pair{50ms, true}, std::pair{45ms, false}}) {
        Driver driver;
        for (int i = 0; i < 2'000; ++i) {
            driver.now += interval;
            driver.receive(client_frame(0x8A, "pong"));
        }
        CHECK(driver.connection.is_open() == is_fine);
    }
}

TEST_CASE("fragments without an octet count as control frames, whole empty messages do not") {
    Driver messages;
    for (int i = 0; i < 1'000; ++i)
        messages.receive(client_text(""));
    CHECK(messages.events.size() == 1'000);

    Driver fragments;
    fragments.receive(client_frame(0x01, ""));
    for (int i = 0; i < 59; ++i)
        fragments.receive(client_frame(0x00, ""));
    CHECK(fragments.events.empty());
    fragments.receive(client_frame(0x00, ""));
    CHECK(fragments.events == Lines{too_many_line});
}

TEST_CASE("the rate of control frames is an option") {
    Driver driver(Options{.limits = {.control_burst_max = 1, .control_per_second_max = 1}});
    driver.receive(client_ping());
    driver.pass(1s).receive(client_ping());
    CHECK(driver.connection.is_open());
    driver.pass(999ms).receive(client_ping());
    CHECK_FALSE(driver.connection.is_open());
}

TEST_CASE("a pong that nobody asked for changes nothing") {
    Driver driver;
    driver.receive(client_frame(0x8A, "") + client_frame(0x8A, "payload") + client_text("x"));
    CHECK(driver.events == Lines{"text x"});
    CHECK(driver.sent().empty());
}

}  // namespace
}  // namespace parley::websocket
