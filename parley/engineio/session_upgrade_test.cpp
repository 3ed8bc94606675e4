// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

#include "parley/engineio/session.hpp"
#include "tests/support/engineio_driver.hpp"

namespace parley::engineio {
namespace {

using namespace test;

TEST_CASE("an upgrade: probe, noop for every poll, then the WebSocket carries the session") {
    Driver driver;
    CHECK(driver.poll() == "-");
    REQUIRE(driver.session.receive_upgrade(driver.now));
    CHECK(driver.session.is_upgrading());
    CHECK(driver.answer() == "-");
    CHECK(driver.probe("2probe") == "probe received");
    CHECK(driver.answer() == "6");
    for (int i = 0; i < 5; ++i)
        CHECK(driver.poll() == "6");
    CHECK(driver.post("4still") == Words{"text still"});
    driver.enqueue("4by poll");
    CHECK(driver.poll() == "4by poll");
    driver.enqueue("4for both");
    driver.enqueue("bAQ==");

    CHECK(driver.probe("5") == "upgraded");
    CHECK(driver.session.transport() == Transport::websocket);
    CHECK_FALSE(driver.session.is_upgrading());
    CHECK(driver.take_payload() == "4for both\036bAQ==");
    CHECK(driver.session.route() == Session::Route::websocket);
    CHECK(driver.frame("4hello") == "text hello");
}

TEST_CASE("a poll that is pending at the end of an upgrade gets a noop, and what waits goes by WebSocket") {
    Driver driver;
    REQUIRE(driver.session.receive_upgrade(driver.now));
    CHECK(driver.probe("2probe") == "probe received");
    REQUIRE(driver.session.receive_poll(driver.now));
    driver.enqueue("4a");
    CHECK(driver.probe("5") == "upgraded");
    CHECK(driver.take_payload() == "4a");
    CHECK(driver.answer() == "6");

    SUBCASE("and may be aborted without harm") {
        Driver other;
        REQUIRE(other.session.receive_upgrade(other.now));
        other.probe("2probe");
        REQUIRE(other.session.receive_poll(other.now));
        other.probe("5");
        other.session.receive_poll_aborted(other.now);
        CHECK(other.event().empty());
        CHECK(other.session.is_open());
    }
}

TEST_CASE("the heartbeat begins anew with an upgrade, even if the pong is lost") {
    Driver driver;
    CHECK(driver.post("6").empty());
    driver.pass(25s);
    CHECK(driver.poll() == "2");
    driver.pass(5s);
    driver.upgrade();
    CHECK(driver.session.next_deadline() == driver.now + 25s);
    CHECK(driver.pass(25s).empty());
    CHECK(driver.take_payload() == "2");
    CHECK(driver.pass(20s) == Words{"closed: ping timeout"});
}

TEST_CASE("anything but the probe and the upgrade ends the attempt, not the session") {
    for (const std::string_view packet : {"", "5", "2", "2prob", "2probe ", "3probe", "4hello", "1", "x"}) {
        CAPTURE(packet);
        Driver driver;
        REQUIRE(driver.session.receive_upgrade(driver.now));
        CHECK(driver.probe(packet) == "probe failed");
        CHECK_FALSE(driver.session.is_upgrading());
        CHECK(driver.session.is_open());
        CHECK(driver.poll() == "-");
        CHECK(driver.session.receive_upgrade(driver.now));
    }
    Driver binary;
    REQUIRE(binary.session.receive_upgrade(binary.now));
    CHECK(binary.probe("2probe", true) == "probe failed");
    Driver after_probe;
    REQUIRE(after_probe.session.receive_upgrade(after_probe.now));
    CHECK(after_probe.probe("2probe") == "probe received");
    CHECK(after_probe.probe("4hello") == "probe failed");
    CHECK(after_probe.poll() == "-");
}

TEST_CASE("an upgrade that is not completed in time is given up, at each of its steps") {
    for (const bool probes : {false, true}) {
        Driver driver;
        REQUIRE(driver.session.receive_upgrade(driver.now));
        if (probes) CHECK(driver.probe("2probe") == "probe received");
        CHECK(driver.pass(9'999ms).empty());
        CHECK(driver.pass(1ms) == Words{"probe failed"});
        CHECK_FALSE(driver.session.is_upgrading());
        CHECK(driver.poll() == "-");
        CHECK(driver.post("4a") == Words{"text a"});
    }
}

TEST_CASE("a probe that goes away leaves the session as it was") {
    Driver driver;
    REQUIRE(driver.session.receive_upgrade(driver.now));
    CHECK(driver.probe("2probe") == "probe received");
    driver.session.receive_probe_closed();
    CHECK(driver.event().empty());
    CHECK(driver.poll() == "-");
    CHECK(driver.session.next_deadline() == start + 25s);
}

TEST_CASE("only one WebSocket at a time may upgrade, and only a polling session") {
    Driver driver;
    REQUIRE(driver.session.receive_upgrade(driver.now));
    CHECK_FALSE(driver.session.receive_upgrade(driver.now));
    CHECK(driver.probe("2probe") == "probe received");
    CHECK_FALSE(driver.session.receive_upgrade(driver.now));
    CHECK(driver.probe("5") == "upgraded");
    CHECK_FALSE(driver.session.receive_upgrade(driver.now));
    CHECK(driver.session.is_open());

    Driver websocket(Transport::websocket);
    CHECK_FALSE(websocket.session.receive_upgrade(websocket.now));
    Driver closed;
    closed.session.close(false, closed.now);
    CHECK_FALSE(closed.session.receive_upgrade(closed.now));
}

TEST_CASE("an upgrade that overtakes a POST fails: messages stay in order") {
    Options options;
    options.packets_per_turn = 1;
    Driver driver(Transport::polling, options);
    REQUIRE(driver.session.receive_upgrade(driver.now));
    CHECK(driver.probe("2probe") == "probe received");
    REQUIRE(driver.session.receive_post("4a\0364b", driver.now));
    CHECK(driver.event() == "text a");
    driver.session.receive_probe_frame("5", false, driver.now);
    CHECK(driver.event() == "probe failed");
    driver.session.resume_post(driver.now);
    CHECK(driver.event() == "text b");
}

}  // namespace
}  // namespace parley::engineio
