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

TEST_CASE("the server closes: a pending poll that has nothing to hear gets the goodbye at once") {
    for (const bool discards : {false, true}) {
        Driver driver;
        CHECK(driver.poll() == "-");
        driver.session.close(discards, driver.now);
        CHECK(driver.event() == "closed: forced close");
        CHECK(driver.answer() == "1");
        CHECK(driver.session.is_finished());
    }
}

TEST_CASE("what was said last has a payload of its own, and the goodbye comes with the next") {
    for (const bool poll_is_pending : {false, true}) {
        Driver driver;
        if (poll_is_pending) CHECK(driver.poll() == "-");
        driver.enqueue("4last");
        driver.session.close(false, driver.now);
        CHECK(driver.event() == "closed: forced close");
        CHECK((poll_is_pending ? driver.answer() : driver.poll()) == "4last");
        CHECK_FALSE(driver.session.is_finished());
        CHECK(driver.poll() == "6\0361");
        CHECK(driver.session.is_finished());
    }
    Driver discarded;
    CHECK(discarded.poll() == "-");
    discarded.enqueue("4last");
    discarded.session.close(true, discarded.now);
    CHECK(discarded.answer() == "4last\0361");
}

TEST_CASE("without a poll the goodbye waits for one") {
    Driver driver;
    driver.session.close(false, driver.now);
    CHECK(driver.event() == "closed: forced close");
    CHECK_FALSE(driver.session.is_open());
    CHECK_FALSE(driver.session.is_finished());
    CHECK(driver.session.route() == Session::Route::nowhere);
    driver.enqueue("4dropped");
    CHECK(driver.pass(9'999ms).empty());
    CHECK(driver.post("4ignored").empty());
    CHECK(driver.poll() == "6\0361");
    CHECK(driver.session.is_finished());
}

TEST_CASE("the goodbye waits no longer than the close timeout, and not at all when discarded") {
    Driver driver;
    driver.session.close(false, driver.now);
    CHECK(driver.event() == "closed: forced close");
    CHECK(driver.pass(10s).empty());
    CHECK(driver.session.is_finished());

    Driver discarded;
    discarded.enqueue("4lost");
    discarded.session.close(true, discarded.now);
    CHECK(discarded.event() == "closed: forced close");
    CHECK(discarded.session.is_finished());
}

TEST_CASE("closing twice, or after the end, does nothing") {
    Driver driver(Transport::websocket);
    driver.session.close(false, driver.now);
    CHECK(driver.event() == "closed: forced close");
    driver.session.close(true, driver.now);
    driver.session.receive_websocket_closed(CloseReason::transport_error, "", driver.now);
    driver.session.receive_frame("4late", false, driver.now);
    driver.enqueue("4late");
    CHECK(driver.event().empty());
    CHECK(driver.take_payload().empty());
    CHECK(driver.session.next_deadline() == no_deadline);
}

TEST_CASE("a close during an upgrade that was not probed ends both") {
    Driver driver;
    REQUIRE(driver.session.receive_upgrade(driver.now));
    driver.session.close(false, driver.now);
    CHECK(driver.event() == "closed: forced close");
    CHECK_FALSE(driver.session.is_upgrading());
    CHECK(driver.poll() == "6\0361");
}

TEST_CASE("an upgrade that the client believes in is completed by a closed session") {
    const auto close_probed = [](Driver& driver, bool discard = false) {
        REQUIRE(driver.session.receive_upgrade(driver.now));
        CHECK(driver.probe("2probe") == "probe received");
        driver.enqueue("4last");
        driver.session.close(discard, driver.now);
        CHECK(driver.event() == "closed: forced close");
    };
    Driver driver;
    close_probed(driver);
    CHECK(driver.session.is_upgrading());
    CHECK(driver.probe("5") == "upgraded");
    CHECK(driver.take_payload() == "4last");
    CHECK(driver.session.is_finished());

    Driver polls;
    close_probed(polls);
    CHECK(polls.poll() == "4last");
    CHECK(polls.poll() == "6");
    CHECK(polls.probe("5") == "upgraded");
    CHECK(polls.session.is_finished());

    Driver loses;
    close_probed(loses);
    loses.session.receive_probe_closed();
    CHECK(loses.poll() == "4last");
    CHECK(loses.poll() == "6\0361");

    Driver waits;
    close_probed(waits);
    waits.pass(9'999ms);
    CHECK_FALSE(waits.session.is_finished());
    waits.pass(1ms);
    CHECK(waits.session.is_finished());

    Driver discarded;
    close_probed(discarded, true);
    CHECK_FALSE(discarded.session.is_upgrading());
    CHECK(discarded.session.is_finished());
}

TEST_CASE("a client for which too much waits is over, and hears what waits and the goodbye if it polls") {
    Driver driver;
    CHECK(driver.poll() == "-");
    driver.enqueue("4much");
    driver.session.receive_overflow(driver.now);
    CHECK(driver.event() == "closed: slow consumer");
    CHECK(driver.answer() == "4much\0361");
    CHECK(driver.session.is_finished());
}

TEST_CASE("a client that comes back once and never polls is ended by its pings") {
    Driver driver;
    CHECK(driver.post("6").empty());
    for (int i = 0; i < 10; ++i)
        driver.enqueue("4news");
    CHECK(driver.pass(25s + 20s) == Words{"closed: ping timeout"});
    CHECK(driver.session.is_finished());
}

TEST_CASE("a client that does not come back after its handshake is given up after the confirm timeout") {
    Driver driver;
    CHECK(driver.pass(9'999ms).empty());
    CHECK(driver.pass(1ms) == Words{"closed: transport close"});
    CHECK(driver.session.is_finished());
    CHECK(driver.session.next_deadline() == no_deadline);

    // Any request that knows the session's id shows that somebody is there.
    Driver polls;
    polls.pass(9'999ms);
    CHECK(polls.poll() == "-");
    CHECK(polls.pass(1s).empty());
    Driver posts;
    posts.pass(9'999ms);
    CHECK(posts.post("6").empty());
    CHECK(posts.pass(1s).empty());
    Driver upgrades;
    upgrades.pass(9'999ms);
    upgrades.upgrade();
    CHECK(upgrades.pass(1s).empty());
    Driver websocket(Transport::websocket);
    CHECK(websocket.pass(24s).empty());
}

TEST_CASE("a session that is abandoned is over at once, whether it is open or waits to say goodbye") {
    Driver open;
    open.session.abandon(open.now);
    CHECK(open.event() == "closed: forced close");
    CHECK(open.session.is_finished());
    open.session.abandon(open.now);
    CHECK(open.event().empty());

    Driver lingers;
    lingers.session.close(false, lingers.now);
    CHECK(lingers.event() == "closed: forced close");
    CHECK_FALSE(lingers.session.is_finished());
    lingers.session.abandon(lingers.now);
    CHECK(lingers.event().empty());
    CHECK(lingers.session.is_finished());
    CHECK(lingers.session.next_deadline() == no_deadline);
}

}  // namespace
}  // namespace parley::engineio
