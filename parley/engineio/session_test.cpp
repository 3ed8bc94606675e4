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

TEST_CASE("the open packet has the official keys in their order") {
    Options options;
    const Session polling(options, "SID", Transport::polling, start);
    CHECK("0" + polling.opening() == open_polling);

    options.ping_interval = 300ms;
    options.ping_timeout = 200ms;
    options.max_http_buffer_size = 1000;
    const Session websocket(options, "SID", Transport::websocket, start);
    CHECK(websocket.opening() ==
          R"({"sid":"SID","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":1000})");

    options.allow_upgrades = false;
    const Session no_upgrade(options, "SID", Transport::polling, start);
    CHECK(no_upgrade.opening().find(R"("upgrades":[])") != std::string::npos);
}

TEST_CASE("messages come by POST in their order") {
    Driver driver;
    CHECK(driver.post("4hello") == Words{"text hello"});
    CHECK(driver.post("4test1\0364test2\0364") == Words{"text test1", "text test2", "text "});
    CHECK(driver.post("4hello\036bAQIDBA==") == Words{"text hello", "binary \x01\x02\x03\x04"});
    CHECK_FALSE(driver.session.is_post_pending());
}

TEST_CASE("messages come by WebSocket as views of the frame") {
    Driver driver(Transport::websocket);
    const std::string frame = "4hello";
    driver.session.receive_frame(frame, false, driver.now);
    const std::optional<SessionEvent> event = driver.session.next_event();
    REQUIRE(event);
    CHECK(event->message.data.data() == frame.data() + 1);
    CHECK_FALSE(driver.session.next_event());
    CHECK(driver.frame("\x01\x02", true) == "binary \x01\x02");
    CHECK(driver.frame("4", true) == "binary 4");
}

TEST_CASE("binary comes as base64 by WebSocket, too") {
    Driver driver(Transport::websocket);
    CHECK(driver.frame("bAQI=", false) == "binary \x01\x02");
    CHECK(driver.frame("b", false) == "binary ");
    CHECK(driver.frame("b?", false) == "closed: parse error");
}

TEST_CASE("what waits leaves with the next poll, as one payload") {
    Driver driver;
    CHECK(driver.session.route() == Session::Route::queue);
    driver.enqueue("4a");
    driver.enqueue("4b\036bAQ==");
    CHECK(driver.poll() == "4a\0364b\036bAQ==");
    CHECK(driver.poll() == "-");
    driver.enqueue("4c");
    CHECK(driver.answer() == "4c");
    CHECK_FALSE(driver.session.is_poll_pending());
}

TEST_CASE("packets of no meaning are nothing") {
    for (const Transport transport : {Transport::polling, Transport::websocket}) {
        Driver driver(transport);
        for (const std::string_view packet : {"0", "5", "6", "3", "3probe", "0{}", "6x"}) {
            CAPTURE(packet);
            if (transport == Transport::polling) {
                CHECK(driver.post(packet).empty());
            } else {
                CHECK(driver.frame(packet).empty());
            }
        }
        CHECK(driver.session.is_open());
    }
}

TEST_CASE("what is no packet ends the session, after the packets before it") {
    Driver driver;
    CHECK(driver.poll() == "-");
    CHECK(driver.post("4a\036abc\0364b") == Words{"text a", "closed: parse error"});
    CHECK(driver.answer() == "1");
    CHECK(driver.session.is_finished());
    CHECK(driver.poll() == "refused");

    for (const std::string_view body : {"", "7", "\036", "4a\036", "b*", "4\xff", "4\xed\xa0\x80"}) {
        CAPTURE(body);
        Driver other;
        const Words words = other.post(body);
        REQUIRE_FALSE(words.empty());
        CHECK(words.back() == "closed: parse error");
        CHECK(other.session.is_finished());
    }
    for (const std::string_view frame : {"", "abc", "7", " 4"}) {
        Driver other(Transport::websocket);
        CHECK(other.frame(frame) == "closed: parse error");
        CHECK(other.session.is_finished());
    }
}

TEST_CASE("a client that pings is refused: the server drives the heartbeat") {
    Driver polling;
    CHECK(polling.post("2") == Words{"closed: transport error"});
    Driver websocket(Transport::websocket);
    CHECK(websocket.frame("2") == "closed: transport error");
    Driver probing(Transport::websocket);
    CHECK(probing.frame("2probe") == "closed: transport error");
}

TEST_CASE("the client says goodbye") {
    Driver polling;
    CHECK(polling.poll() == "-");
    CHECK(polling.post("1\0364late") == Words{"closed: transport close"});
    CHECK(polling.answer() == "6");
    CHECK(polling.session.is_finished());

    Driver without_poll;
    CHECK(without_poll.post("1") == Words{"closed: transport close"});
    CHECK(without_poll.session.is_finished());

    Driver websocket(Transport::websocket);
    CHECK(websocket.frame("1") == "closed: transport close");

    Driver gone(Transport::websocket);
    gone.session.receive_websocket_closed(CloseReason::transport_close, "", gone.now);
    CHECK(gone.event() == "closed: transport close");
    Driver broken(Transport::websocket);
    broken.session.receive_websocket_closed(CloseReason::transport_error, "", broken.now);
    CHECK(broken.event() == "closed: transport error");
}

TEST_CASE("a second poll while one is pending ends the session, and the first gets the goodbye") {
    Driver driver;
    CHECK(driver.poll() == "-");
    CHECK(driver.poll() == "refused");
    CHECK(driver.event() == "closed: transport error");
    CHECK(driver.answer() == "1");
    CHECK(driver.session.is_finished());
}

TEST_CASE("a second POST while one is pending ends the session") {
    Options options;
    options.packets_per_turn = 1;
    Driver driver(Transport::polling, options);
    REQUIRE(driver.session.receive_post("4a\0364b", driver.now));
    CHECK(driver.event() == "text a");
    CHECK(driver.session.is_post_pending());
    CHECK_FALSE(driver.session.receive_post("4c", driver.now));
    CHECK(driver.events() == Words{"closed: transport error"});
    CHECK_FALSE(driver.session.is_post_pending());
}

TEST_CASE("a poll whose connection goes away ends the session at once") {
    Driver driver;
    CHECK(driver.poll() == "-");
    driver.session.receive_poll_aborted(driver.now);
    CHECK(driver.event() == "closed: transport error");
    CHECK(driver.session.is_finished());
}

TEST_CASE("a POST of octets is refused and ends the session") {
    Driver driver;
    CHECK(driver.poll() == "-");
    driver.session.receive_invalid_post(driver.now);
    CHECK(driver.event() == "closed: transport error");
    CHECK(driver.answer() == "1");
}

TEST_CASE("a POST of very many packets is spread over turns, and the next poll comes when it is read") {
    Options options;
    options.packets_per_turn = 1000;
    Driver driver(Transport::polling, options);
    std::string body = "4";
    for (int i = 0; i < 2'500; ++i)
        body += "\0364";
    REQUIRE(driver.session.receive_post(body, driver.now));
    CHECK(driver.events().size() == 1000);
    CHECK(driver.session.is_post_pending());
    CHECK(driver.events().empty());
    driver.session.resume_post(driver.now);
    CHECK(driver.events().size() == 1000);
    driver.session.resume_post(driver.now);
    CHECK(driver.events().size() == 501);
    CHECK_FALSE(driver.session.is_post_pending());
}

TEST_CASE("packets without a message count for the turn, too") {
    Options options;
    options.packets_per_turn = 10;
    Driver driver(Transport::polling, options);
    std::string body = "3";
    for (int i = 0; i < 24; ++i)
        body += "\0363";
    REQUIRE(driver.session.receive_post(body, driver.now));
    int turns = 1;
    for (; driver.session.is_post_pending(); ++turns) {
        CHECK(driver.events().empty());
        driver.session.resume_post(driver.now);
    }
    CHECK(turns == 4);
}

TEST_CASE("a program that closes within a POST hears no more of it") {
    Driver driver;
    REQUIRE(driver.session.receive_post("bAQID\0364b", driver.now));
    const std::optional<SessionEvent> event = driver.session.next_event();
    REQUIRE(event);
    driver.session.close(false, driver.now);
    CHECK(event->message.data == "\x01\x02\x03");
    CHECK(driver.events() == Words{"closed: forced close"});
    CHECK_FALSE(driver.session.is_post_pending());
}

}  // namespace
}  // namespace parley::engineio
