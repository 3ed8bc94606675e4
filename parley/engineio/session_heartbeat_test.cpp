// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "parley/engineio/session.hpp"
#include "tests/support/engineio_driver.hpp"

namespace parley::engineio {
namespace {

using namespace test;

TEST_CASE("a ping follows the handshake after the interval and each pong after the interval again") {
    Driver driver(Transport::websocket);
    CHECK(driver.session.next_deadline() == start + 25s);
    for (int round = 0; round < 3; ++round) {
        CHECK(driver.pass(24'999ms).empty());
        CHECK(driver.take_payload().empty());
        CHECK(driver.pass(1ms).empty());
        CHECK(driver.take_payload() == "2");
        driver.pass(3s);
        CHECK(driver.frame("3").empty());
        CHECK(driver.session.next_deadline() == driver.now + 25s);
    }
}

TEST_CASE("by polling a ping is a payload of its own") {
    Driver driver;
    CHECK(driver.poll() == "-");
    driver.pass(25s);
    CHECK(driver.answer() == "2");
    CHECK(driver.post("3").empty());
    CHECK(driver.session.next_deadline() == driver.now + 25s);
}

TEST_CASE("a ping that is not answered in time ends the session") {
    Driver websocket(Transport::websocket);
    CHECK(websocket.pass(44'999ms).empty());
    CHECK(websocket.pass(1ms) == Words{"closed: ping timeout"});
    CHECK(websocket.session.next_deadline() == no_deadline);

    Driver polling;
    CHECK(polling.post("6").empty());
    CHECK(polling.pass(25s).empty());
    CHECK(polling.poll() == "2");
    CHECK(polling.poll() == "-");
    CHECK(polling.pass(20s) == Words{"closed: ping timeout"});
    CHECK(polling.answer() == "1");
    CHECK(polling.session.is_finished());
}

TEST_CASE("a timer that is a little late costs the peer nothing, and one that is very late not the peer's time") {
    for (const Duration late : {0ms, 1ms, 20ms, 21ms, 60'000ms}) {
        Driver driver(Transport::websocket);
        driver.now += 25s + late;
        driver.session.handle_deadline(driver.now);
        CHECK(driver.event().empty());
        CHECK(driver.take_payload() == "2");
        CHECK(driver.session.next_deadline() == start + 45s + std::max<Duration>(late - 20ms, 0ms));
    }
}

TEST_CASE("a ping that is due together with the end of an upgrade follows it") {
    Options options;
    options.upgrade_timeout = options.ping_interval;
    Driver driver(Transport::polling, options);
    REQUIRE(driver.session.receive_upgrade(driver.now));
    driver.now += 25s;
    driver.session.handle_deadline(driver.now);
    CHECK(driver.event() == "probe failed");
    CHECK(driver.session.next_deadline() == driver.now);
    driver.session.handle_deadline(driver.now);
    CHECK(driver.poll() == "-");
    CHECK(driver.event().empty());
    CHECK(driver.answer() == "2");
}

TEST_CASE("while a pong is due another packet gives more time, once") {
    Driver driver(Transport::websocket);
    driver.pass(25s + 19s);
    CHECK(driver.frame("4a") == "text a");
    CHECK(driver.pass(19s).empty());
    CHECK(driver.frame("4b") == "text b");
    CHECK(driver.pass(1s) == Words{"closed: ping timeout"});
}

TEST_CASE("pongs that nobody waits for change nothing") {
    Driver driver(Transport::websocket);
    driver.pass(10s);
    for (int i = 0; i < 100'000; ++i)
        CHECK(driver.frame("3").empty());
    CHECK(driver.session.next_deadline() == start + 25s);
    CHECK(driver.waiting.empty());
}

}  // namespace
}  // namespace parley::engineio
