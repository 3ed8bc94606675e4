// SPDX-License-Identifier: MIT
#include "parley/http/response.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>

namespace parley::http {
namespace {

std::string text_of(const Outbox& outbox) {
    std::array<std::string_view, 64> pieces;
    std::string text;
    const std::size_t count = outbox.gather(pieces);
    for (std::size_t i = 0; i < count; ++i)
        text += pieces[i];
    return text;
}

std::string written(const ResponseHead& head) {
    Outbox outbox;
    append_response_head(outbox, head, "Sun, 06 Nov 1994 08:49:37 GMT");
    return text_of(outbox);
}

constexpr std::string_view common = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Content-Type-Options: nosniff\r\n";

}  // namespace

TEST_CASE("a response says where it ends") {
    ResponseHead head;
    REQUIRE(head.fields.add("Content-Type", "text/plain"));
    const std::string begin = "HTTP/1.1 200 OK\r\n" + std::string(common) + "Content-Type: text/plain\r\n";
    CHECK(written(head) == begin + "Content-Length: 0\r\n\r\n");
    head.framing.content_length = 18446744073709551615u;
    CHECK(written(head) == begin + "Content-Length: 18446744073709551615\r\n\r\n");
    head.framing.chunked = true;
    CHECK(written(head) == begin + "Transfer-Encoding: chunked\r\n\r\n");
}

TEST_CASE("a response says what becomes of the connection") {
    ResponseHead head{.status = 404, .framing = {.content_length = 3, .close = true}};
    const std::string begin = "HTTP/1.1 404 Not Found\r\n" + std::string(common);
    CHECK(written(head) == begin + "Connection: close\r\nContent-Length: 3\r\n\r\n");
    head.framing = {.content_length = 3, .keep_alive = "Connection: keep-alive\r\n"};
    CHECK(written(head) == begin + "Connection: keep-alive\r\nContent-Length: 3\r\n\r\n");
}

TEST_CASE("a 426 says what to upgrade to, and closes if it must") {
    const ResponseHead head{.status = 426, .framing = {.content_length = 0, .close = true, .upgrade = "websocket"}};
    CHECK(written(head) == "HTTP/1.1 426 Upgrade Required\r\n" + std::string(common) +
                               "Connection: close, Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("the longest head of each status stands whole behind what waits") {
    const std::string protocol(300, 'p');
    for (int status = 100; status < 600; ++status) {
        ResponseHead head{.status = status,
                          .framing = {.content_length = UINT64_MAX, .close = true, .upgrade = protocol}};
        REQUIRE(head.fields.add("X-Long", std::string(5'000, 'v')));
        Outbox outbox;
        outbox.append("before");
        append_response_head(outbox, head, "Sun, 06 Nov 1994 08:49:37 GMT");
        outbox.append("behind");
        const std::string text = text_of(outbox);
        REQUIRE(text.starts_with("beforeHTTP/1.1 " + std::to_string(status) + " "));
        REQUIRE(text.find("Upgrade: " + protocol + "\r\n") != std::string::npos);
        REQUIRE(text.ends_with("\r\n\r\nbehind"));
    }
}

TEST_CASE("responses without a body have no length") {
    ResponseHead head{.status = 304, .framing = {.content_length = 3}};
    CHECK(written(head) == "HTTP/1.1 304 Not Modified\r\n" + std::string(common) + "\r\n");
    head.status = 204;
    CHECK(written(head) == "HTTP/1.1 204 No Content\r\n" + std::string(common) + "\r\n");
    head = {.status = 101, .framing = {.upgrade = "websocket"}};
    REQUIRE(head.fields.add("Sec-WebSocket-Accept", "x"));
    CHECK(written(head) ==
          "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\nConnection: Upgrade\r\nUpgrade: "
          "websocket\r\n\r\n");
}

TEST_CASE("chunks are framed, and empty data does not end the body") {
    Outbox outbox;
    append_chunk(outbox, "hello");
    append_chunk(outbox, "");
    append_chunk(outbox, std::string(26, 'x'));
    append_last_chunk(outbox);
    CHECK(text_of(outbox) == "5\r\nhello\r\n1a\r\n" + std::string(26, 'x') + "\r\n0\r\n\r\n");
    Outbox invited;
    append_continue(invited);
    CHECK(text_of(invited) == "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_CASE("fields are added, replaced, found and removed in any case") {
    ResponseFields fields;
    CHECK(fields.add("Set-Cookie", "a=1"));
    CHECK(fields.add("Vary", "Origin"));
    CHECK(fields.add("set-cookie", " b=2 "));
    CHECK(fields.text() == "Set-Cookie: a=1\r\nVary: Origin\r\nset-cookie: b=2\r\n");
    CHECK(fields.find("SET-COOKIE") == "a=1");
    CHECK_FALSE(fields.find("Cookie"));
    CHECK_FALSE(fields.find("Set"));
    CHECK(fields.set("vary", "Accept"));
    CHECK(fields.find("Vary") == "Accept");
    CHECK(fields.set("Vary", *fields.find("set-cookie")));
    CHECK(fields.find("Vary") == "a=1");
    CHECK(fields.remove("Set-Cookie"));
    CHECK_FALSE(fields.remove("Set-Cookie"));
    CHECK(fields.text() == "Vary: a=1\r\n");
    CHECK(fields.add("X-Empty", ""));
    CHECK(fields.find("X-Empty") == "");
}

TEST_CASE("a value may be a view of one that is there already") {
    ResponseFields fields;
    fields.add("X-A", std::string(100, 'a'));
    for (int i = 0; i < 20; ++i)
        CHECK(fields.add("X-B", fields.find("X-A").value()));
    CHECK(fields.find("X-B") == std::string(100, 'a'));
    CHECK(fields.set("X-A", fields.find("X-A").value().substr(99)));
    CHECK(fields.find("X-A") == "a");
    CHECK(fields.holds(fields.find("X-A").value()));
    CHECK_FALSE(fields.holds("a"));
    CHECK_FALSE(ResponseFields().holds(""));
}

TEST_CASE("what would forge a header, or a second response, is refused") {
    ResponseFields fields;
    for (const std::string_view value : {"a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\x01", "a\x7f", "\r\n\r\n<html>"}) {
        CHECK_FALSE(fields.add("X", value));
        CHECK_FALSE(fields.set("X", value));
    }
    CHECK_FALSE(fields.add("X", std::string_view("a\0b", 3)));
    for (const std::string_view name :
         {"", "X Y", "X:", "X\r\nY", "X\xe9", "(", "Content-Length", "content-length", "Transfer-Encoding",
          "Connection", "Keep-Alive", "Upgrade", "Trailer", "Date", "X-Content-Type-Options"}) {
        CHECK_FALSE(fields.add(name, "1"));
        CHECK_FALSE(fields.set(name, "1"));
    }
    CHECK(fields.empty());
    CHECK(fields.add("X", "tab\there, \xc3\xa9 as well"));
}

TEST_CASE("what an answer says anyway may be asked for, and is said once") {
    ResponseFields fields;
    CHECK(fields.set("X-Content-Type-Options", "nosniff"));
    CHECK(fields.add("x-content-type-options", " NoSniff "));
    CHECK(fields.set("Connection", "keep-alive"));
    CHECK(fields.set("Transfer-Encoding", "chunked"));
    CHECK(fields.empty());
    CHECK_FALSE(fields.set("X-Content-Type-Options", "sniff"));
    CHECK_FALSE(fields.set("Connection", "close"));
    CHECK_FALSE(fields.set("Transfer-Encoding", "gzip, chunked"));
}

TEST_CASE("whatever is added, a head has exactly the lines that were accepted") {
    std::mt19937_64 random(11);
    for (int round = 0; round < 2'000; ++round) {
        ResponseHead head;
        std::size_t accepted = 0;
        for (int i = 0; i < 4; ++i) {
            const auto text = [&](std::size_t longest) {
                std::string out(random() % longest, 'a');
                for (char& c : out) {
                    if (random() % 6 == 0) c = "\r\n:\t \0\x7f\xff"[random() % 8];
                }
                return out;
            };
            if (head.fields.add(text(8), text(30))) ++accepted;
        }
        const std::string out = written(head);
        std::size_t lines = 0;
        for (std::size_t at = 0; (at = out.find('\n', at)) != std::string::npos; ++at) {
            REQUIRE(out[at - 1] == '\r');
            ++lines;
        }
        REQUIRE(lines == accepted + 5);
        REQUIRE(out.find("\r\n\r\n") == out.size() - 4);
    }
}

TEST_CASE("dates are written as RFC 9110 has them") {
    using std::chrono::seconds;
    using std::chrono::sys_seconds;
    CHECK(http_date(sys_seconds(seconds(784'111'777))) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(http_date(sys_seconds(seconds(0))) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(http_date(sys_seconds(seconds(951'827'696))) == "Tue, 29 Feb 2000 12:34:56 GMT");
    CHECK(http_date(sys_seconds(seconds(-1))) == "Wed, 31 Dec 1969 23:59:59 GMT");
}

TEST_CASE("dates are read in the three forms of RFC 9110 and in no other") {
    const auto seconds_of = [](std::string_view text) {
        const auto time = parse_http_date(text);
        return time ? time->time_since_epoch().count() : -1;
    };
    CHECK(seconds_of("Sun, 06 Nov 1994 08:49:37 GMT") == 784'111'777);
    CHECK(seconds_of("Sunday, 06-Nov-94 08:49:37 GMT") == 784'111'777);
    CHECK(seconds_of("Sun Nov  6 08:49:37 1994") == 784'111'777);
    CHECK(seconds_of("Sun Nov 16 08:49:37 1994") == 784'111'777 + 864'000);
    CHECK(seconds_of("Monday, 01-Jan-69 00:00:00 GMT") == 3'124'224'000);
    for (const std::string_view text :
         {"", "x", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 1994 08:49:37 UTC",
          "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 1994 08:49:37 GMT",
          "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
          "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov -994 08:49:37 GMT", "Xxx, 06 Nov 1994 08:49:37 GMT",
          "Sun, 00 Nov 1994 08:49:37 GMT", "784111777", "Sun Nov 6 08:49:37 1994", "1994-11-06T08:49:37Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_date(text));
    }
}

TEST_CASE("each date that is written is read back") {
    std::mt19937_64 random(3);
    for (int i = 0; i < 5'000; ++i) {
        const std::chrono::sys_seconds time{std::chrono::seconds(static_cast<std::int64_t>(random() % 8'000'000'000))};
        REQUIRE(parse_http_date(http_date(time)) == time);
    }
}

TEST_CASE("every status has three digits, a phrase and one line") {
    Outbox outbox;
    append_response_head(outbox, {.status = 799}, "d");
    CHECK(text_of(outbox).starts_with("HTTP/1.1 799 Unknown\r\n"));
    CHECK(reason_phrase(431) == "Request Header Fields Too Large");
}

TEST_CASE("fields take the place of those with their names, all lines of a name together") {
    ResponseFields fields;
    fields.add("X-A", "1");
    fields.add("Set-Cookie", "a=1");
    fields.add("x-b", "2");
    ResponseFields others;
    others.add("Set-Cookie", "b=2");
    others.add("Set-Cookie", "c=3");
    others.add("X-B", "3");
    fields.set(others);
    CHECK(fields.text() == "X-A: 1\r\nSet-Cookie: b=2\r\nSet-Cookie: c=3\r\nX-B: 3\r\n");
    fields.set(ResponseFields());
    CHECK(fields.text() == "X-A: 1\r\nSet-Cookie: b=2\r\nSet-Cookie: c=3\r\nX-B: 3\r\n");
}

}  // namespace parley::http
