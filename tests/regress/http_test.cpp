// SPDX-License-Identifier: MIT
// Weaknesses that were published about HTTP parsers and servers, tried on a whole server.
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

#include "parley/http/range.hpp"
#include "tests/regress/attacked_site.hpp"

using namespace parley;
using namespace parley::regress;
using namespace std::string_literals;

namespace {

constexpr std::string_view smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

// The request is answered with `status`, and nothing behind it is one.
void check_refused(AttackedSite& site, std::string_view request, int status) {
    CAPTURE(request.substr(0, 200));
    net::SimulatedPeer& peer = site.connect();
    peer.send(std::string(request) + std::string(smuggled));
    site.world.settle();
    CHECK(status_of(peer.received()) == status);
    CHECK(count(peer.received(), "HTTP/1.1 ") == 1);
    CHECK(site.smuggled == 0);
    site.pass(6s);
    CHECK(peer.is_closed());
}

std::string post(std::string_view header_lines, std::string_view body = {}) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(header_lines) + "\r\n\r\n" + std::string(body);
}

std::string chunked(std::string_view body) {
    return post("Transfer-Encoding: chunked", body);
}

}  // namespace

TEST_CASE("CVE-2019-15605, CVE-2020-8287, CVE-2022-32213, CVE-2022-32215, CVE-2022-35256: only `chunked` is chunked") {
    AttackedSite site;
    struct Row {
        std::string_view value;
        int status;
    };
    for (const Row row : {Row{"chunkedchunked", 501},
                          {"chunked, identity", 400},
                          {"identity", 400},
                          {"\n chunked", 400},
                          {"\r\n chunked", 400},
                          {",chunked", 400},
                          {"chunked,", 400},
                          {"\xA0"
                           "chunked",
                           400},
                          {"chunked;q=1", 400},
                          {"\x0B"
                           "chunked",
                           400},
                          {"chun\tked", 400},
                          {"gzip, chunked", 501},
                          {"xchunked", 501},
                          {"", 400}})
        check_refused(site, post("Transfer-Encoding: " + std::string(row.value), "0\r\n\r\n"), row.status);
    check_refused(site, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400);
    check_refused(site, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"), 400);
    site.check_calm(200'000);
}

TEST_CASE("CVE-2023-40175, CVE-2023-40225, CVE-2023-47627: a length is said once, in digits, or not at all") {
    AttackedSite site;
    for (const std::string_view value : {"", "+5", "-5", "0x5", "5_0", "5 0", "5;", "1Z", "5, 5", "\xB2"})
        check_refused(site, post("Content-Length: " + std::string(value), "hello"), 400);
    check_refused(site, post("Content-Length: 5\r\nContent-Length: 5", "hello"), 400);
    check_refused(site, post("Content-Length: 5\r\nContent-Length: 6", "hello"), 400);
    check_refused(site, post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400);
    check_refused(site, post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"), 400);
    check_refused(site, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
    site.check_calm(200'000);
}

TEST_CASE(
    "CVE-2022-32214, CVE-2023-30589, CVE-2025-23167: a line ends with CR LF, at each place, and with nothing else") {
    AttackedSite site;
    const std::string request =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n";
    for (std::size_t at = request.find("\r\n"); at != std::string::npos; at = request.find("\r\n", at + 2)) {
        for (const std::string_view instead : {"\n", "\r", "\r\r\n", "\r\rX", "\rX\n"}) {
            std::string bad = request;
            bad.replace(at, 2, instead);
            check_refused(site, bad, 400);
        }
    }
    site.check_calm(500'000);
}

TEST_CASE("CVE-2021-22959, CVE-2018-7159, CVE-2024-27982: no space before a colon, in a length or before a header") {
    AttackedSite site;
    check_refused(site, post("Content-Length : 5", "hello"), 400);
    check_refused(site, post("Content-Length\t: 5", "hello"), 400);
    check_refused(site, post("Content-Length: 4 2", "hello"), 400);
    check_refused(site, "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400);
    check_refused(site, "GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", 400);
    check_refused(site, "GET / HTTP/1.1\r\n Content-Length: 48\r\nHost: a\r\n\r\n", 400);
    site.check_calm();
}

TEST_CASE("CVE-2021-22960, CVE-2024-22019: chunk extensions are checked, and bounded by the body that they frame") {
    AttackedSite site;
    check_refused(site, chunked("5;" + std::string(64 * 1'024, 'a')), 400);
    check_refused(site, chunked("5;a=\"b\r\nhello\r\n0\r\n\r\n"), 400);
    check_refused(site, chunked("5;a\0b\r\nhello\r\n0\r\n\r\n"s), 400);
    check_refused(site, chunked("5;a\rb\r\nhello\r\n0\r\n\r\n"), 400);
    check_refused(site, chunked("5;a\n\r\nhello\r\n0\r\n\r\n"), 400);
    std::string dripping;
    for (int i = 0; i < 200; ++i)
        dripping += "1;" + std::string(250, 'e') + "\r\nx\r\n";
    check_refused(site, chunked(dripping), 400);
    site.check_calm(500'000);
}

TEST_CASE("CVE-2018-12121, CVE-2018-12122: a head is bounded in size and in time") {
    AttackedSite site;
    check_refused(site, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(80'000, 'x') + "\r\n\r\n", 431);
    net::SimulatedPeer& slow = site.connect();
    for (const char octet : std::string_view("GET / HTTP/1.1\r\nX")) {
        slow.send(std::string_view(&octet, 1));
        site.pass(1s);
        if (slow.is_closed()) break;
    }
    CHECK(status_of(slow.received()) == 408);
    CHECK(slow.is_closed());
    site.check_calm(200'000);
}

TEST_CASE("CVE-2019-15606: white space around a value is not part of it") {
    AttackedSite site;
    std::string seen;
    site.world.app.get("/seen", [&](Request& request, Response response) {
        seen = std::string(request.header("host")) + "|" + std::string(request.header("x"));
        response.end();
    });
    CHECK(status_of(site.ask("GET /seen HTTP/1.1\r\nHost: \t a \t\r\nX:  secret \t \r\n\r\n")) == 200);
    CHECK(seen == "a|secret");
}

TEST_CASE("CVE-2013-2028, CVE-2017-7529: sizes and ranges neither overflow nor wrap") {
    AttackedSite site;
    for (const std::string_view size :
         {"ffffffffffffffff", "8000000000000000", "00000000000000001", "fffffffffffffffff"})
        check_refused(site, chunked(std::string(size) + "\r\nx"), 400);
    check_refused(site, chunked("7fffffffffffffff\r\nx"), 413);
    // The path of a page of eight octets, whose every part must come from it.
    const http::RangeSelection none = http::select_range("bytes=-9223372036854775000,-1", 8);
    CHECK(none.kind == http::RangeSelection::Kind::whole);
    for (const std::string_view range :
         {"bytes=-9223372036854775808", "bytes=-18446744073709551615", "bytes=-99999999999999999999",
          "bytes=0-18446744073709551615", "bytes=7-99999999999999999999"}) {
        CAPTURE(range);
        const http::RangeSelection part = http::select_range(range, 8);
        REQUIRE(part.kind == http::RangeSelection::Kind::part);
        CHECK(part.offset + part.length == 8);
    }
    for (const std::string_view range : {"bytes=8-", "bytes=18446744073709551615-", "bytes=99999999999999999999-"})
        CHECK(http::select_range(range, 8).kind == http::RangeSelection::Kind::unsatisfiable);
    site.check_calm();
}

TEST_CASE("CVE-2013-4547: a target has no space and no NUL, encoded or not") {
    AttackedSite site;
    check_refused(site, "GET /a .txt HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    check_refused(site, "GET /a\0.txt HTTP/1.1\r\nHost: a\r\n\r\n"s, 400);
    CHECK(status_of(site.get("/a%20%00")) == 400);
    site.check_calm();
}

TEST_CASE("CVE-2019-20372: the body of a request that nobody answers is not the next request") {
    AttackedSite site;
    const std::string body(smuggled);
    const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    for (const std::string_view target : {"/", "/nowhere", "/socket.io/?EIO=4", "/socket.io/socket.io.nothing.js"}) {
        for (const std::string_view method : {"GET", "POST", "DELETE"}) {
            CAPTURE(target);
            const std::string answer =
                site.ask(std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + length + body);
            CHECK(status_of(answer) >= 200);
            CHECK(count(answer, "HTTP/1.1 ") == 1);
        }
    }
    CHECK(site.smuggled == 0);
    site.check_calm(200'000);
}

TEST_CASE("CVE-2022-38667: pipelined requests wait for the answer before them, also for one that comes too late") {
    AttackedSite site;
    std::optional<Response> held;
    site.world.app.get("/wait", [&](Request&, Response response) { held = response; });
    net::SimulatedPeer& peer = site.connect();
    std::string requests = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";
    for (int i = 0; i < 1'000; ++i)
        requests += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    peer.send(requests);
    site.world.settle();
    REQUIRE(held);
    CHECK(peer.received().empty());
    held->send("first");
    held.reset();
    site.world.settle();
    CHECK(count(peer.received(), "HTTP/1.1 200 OK") == 1'001);
    CHECK(body_of(peer.received()).starts_with("firstHTTP/1.1"));

    net::SimulatedPeer& gone = site.connect();
    gone.send(requests);
    site.world.settle();
    REQUIRE(held);
    gone.reset();
    site.world.settle();
    held->send("to nobody");
    held.reset();
    site.check_calm(8 * requests.size());
}

TEST_CASE("CVE-2022-38668: an escape that ends too early is refused, or stands for itself in a query") {
    AttackedSite site;
    for (const std::string_view target : {"/%", "/%4", "/%zz"})
        CHECK(status_of(site.get(target)) == 400);
    for (const std::string_view target : {"/nowhere?a=%", "/nowhere?a=%4", "/nowhere?%"})
        CHECK(status_of(site.get(target)) == 404);
    site.check_calm();
}

TEST_CASE("CVE-2025-46728, CVE-2025-52887, CVE-2025-53628: bodies, header lines and lengths have their limits") {
    AttackedSite site;
    std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 100'000; ++i)
        many += "X: y\r\n";
    check_refused(site, many, 431);
    check_refused(site, "GET /" + std::string(1'000'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414);
    check_refused(site, "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(1'000'000, 'n') + ": x\r\n\r\n", 431);
    check_refused(site, post("Content-Length: 1000000000000000", "x"), 413);
    std::string body;
    for (int i = 0; i < 40; ++i)
        body += "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
    site.world.app.post("/takes", [](Request& request, Response response) { response.send(request.body()); });
    check_refused(site, "POST /takes HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body, 413);
    site.check_calm(8'000'000);  // what the peers of the simulated network were given to send
}

TEST_CASE("CVE-2026-46527: headers of proxies say nothing about who is there") {
    AttackedSite site;
    std::string seen;
    site.world.app.get("/who", [&](Request& request, Response response) {
        seen = request.remote_address();
        response.end();
    });
    const std::string long_list(8'000, ',');
    for (const std::string_view value :
         std::initializer_list<std::string_view>{"", ",", ",,", "1.2.3.4", "unknown", long_list}) {
        net::SimulatedPeer& peer = site.connect();
        peer.send("GET /who HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + std::string(value) + "\r\n\r\n");
        site.world.settle();
        CHECK(status_of(peer.received()) == 200);
        CHECK(seen == peer.endpoint().address());
    }
    site.check_calm(100'000);
}
