// SPDX-License-Identifier: MIT
// For how long a connection stays open, and what is said of it.
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

constexpr std::string_view simple_get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_CASE("an answer says for how long the connection stays open behind it") {
    const auto kept_for = [](std::chrono::milliseconds timeout, std::string_view request) {
        Site site({.keep_alive_timeout = timeout});
        return site.ask(request);
    };
    const std::string by_default = Site().ask(simple_get);
    CHECK(has_line(by_default, "Connection: keep-alive"));
    CHECK(has_line(by_default, "Keep-Alive: timeout=75"));
    CHECK(has_line(kept_for(5'999ms, simple_get), "Keep-Alive: timeout=5"));
    CHECK(has_line(kept_for(5s, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), "Keep-Alive: timeout=5"));
    CHECK(count(kept_for(999ms, simple_get), "Keep-Alive") == 0);
    CHECK(has_line(kept_for(999ms, simple_get), "Connection: keep-alive"));
    for (const char* request :
         {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "?"}) {
        CAPTURE(request);
        CHECK(count(kept_for(5s, request), "eep-") == 0);
    }
}

TEST_CASE("a connection that has said nothing is not kept as one between two requests") {
    Site site;
    net::SimulatedPeer& silent = site.connect();
    site.network.run_for(9'900ms);
    CHECK_FALSE(silent.is_closed());
    site.network.run_for(300ms);
    CHECK(silent.is_ended());
}

TEST_CASE("a protocol to upgrade to that nobody speaks is passed over, and the connection stays") {
    Site site;
    site.app.get("/", [](Response response) { response.send("hello"); });
    net::SimulatedPeer& peer = site.connect();
    for (int i = 0; i < 2; ++i) {
        peer.send(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n");
        site.network.run_until_idle();
    }
    CHECK(count(peer.received(), "HTTP/1.1 200 OK") == 2);
    CHECK_FALSE(peer.is_ended());
}

}  // namespace
}  // namespace parley::web::test
