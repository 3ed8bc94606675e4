// SPDX-License-Identifier: MIT
#include "parley/http/response_parser.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/support/response_checks.hpp"

namespace parley::http {

using namespace std::string_view_literals;
using test::check_every_cut;
using test::check_refused;
using test::ResponseTranscript;

namespace {

std::string empty_with(std::string_view header_lines) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + std::string(header_lines) + "\r\n\r\n";
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i)
        out += text;
    return out;
}

}  // namespace

TEST_CASE("status lines are read") {
    struct Row {
        std::string_view line;
        std::string_view begins;
    };
    for (const Row& row : {
             Row{"HTTP/1.1 200 OK", "200 (OK) 1.1 keep"},
             Row{"HTTP/1.1 200 ", "200 () 1.1 keep"},
             Row{"HTTP/1.1 200", "200 () 1.1 keep"},
             Row{"HTTP/1.1 404 Not\tFound \xe2\x9c\x97", "404 (Not\tFound \xe2\x9c\x97) 1.1 keep"},
             Row{"HTTP/1.1 200  two", "200 ( two) 1.1 keep"},
             Row{"HTTP/1.0 200 OK", "200 (OK) 1.0 close"},
             Row{"HTTP/1.7 200 OK", "200 (OK) 1.1 keep"},
             Row{"HTTP/1.1 599 x", "599 (x) 1.1 keep"},
             Row{"HTTP/1.1 999 x", "999 (x) 1.1 keep"},
         }) {
        const std::string input = std::string(row.line) + "\r\nContent-Length: 0\r\n\r\n";
        const std::string text = ResponseTranscript::of(input);
        CAPTURE(text);
        CHECK(text.starts_with(row.begins));
        check_every_cut(input, text);
    }
}

TEST_CASE("a malformed status line is refused") {
    for (const std::string_view line : {
             ""sv,
             "HTTP/1.1"sv,
             "HTTP/1.1 "sv,
             "HTTP/1.1  200 OK"sv,
             "HTTP/1.1 20 OK"sv,
             "HTTP/1.1 2000 OK"sv,
             "HTTP/1.1 2O0 OK"sv,
             "HTTP/1.1 +20 OK"sv,
             "HTTP/1.1 099 OK"sv,
             "HTTP/1.1 000"sv,
             "HTTP/1.1 200OK"sv,
             "HTTP/1.1\t200 OK"sv,
             " HTTP/1.1 200 OK"sv,
             "http/1.1 200 OK"sv,
             "HTTP/1.1.1 200 OK"sv,
             "HTTP/11 200 OK"sv,
             "HTTP/0.9 200 OK"sv,
             "HTTP/2 200"sv,
             "HTTP/2.0 200 OK"sv,
             "HTTP/3.0 200 OK"sv,
             "HTTP 200 OK"sv,
             "ICY 200 OK"sv,
             "200 OK"sv,
             "GET / HTTP/1.1"sv,
             "HTTP/1.1 200 O\x01K"sv,
             "HTTP/1.1 200 O\0K"sv,
             "HTTP/1.1 200 O\x7fK"sv,
             "HTTP/1.1 200 OK\rX"sv,
             "HTTP/1.1 200 OK\n"sv,
             "\r\nHTTP/1.1 200 OK"sv,
             "SSH-2.0-OpenSSH_9.2"sv,
         })
        check_refused(std::string(line) + "\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a malformed header line of a response is refused") {
    for (const std::string_view line :
         {"X"sv, ": y"sv, "X : y"sv, "X\t: y"sv, " X: y"sv, "X(: y"sv, "X\x80: y"sv, "X: a\r\n folded"sv,
          "X: a\r\n\tfolded"sv, "X: a\nY: b"sv, "X: a\rY: b"sv, "X: \0"sv, "X: \x01"sv, "X: \x7f"sv})
        check_refused(empty_with(line));
}

TEST_CASE("each limit holds exactly for a response, too") {
    const auto around = [](auto make, const Limits& limits) {
        for (const int difference : {-1, 0, 1}) {
            CAPTURE(difference);
            const std::string input = make(difference);
            const std::string text = ResponseTranscript::of(input, {.limits = limits});
            CHECK((text.find("beyond: ") != std::string::npos || text.find("failed: ") != std::string::npos) ==
                  (difference == 1));
            check_every_cut(input, text, {.limits = limits});
        }
    };
    const auto size = [](int base, int d) { return static_cast<std::size_t>(base + d); };
    SUBCASE("status line") {
        around(
            [&](int d) {
                return "HTTP/1.1 200 " + std::string(size(60 - 13, d), 'a') + "\r\nContent-Length: 0\r\n\r\n";
            },
            {.request_line_bytes_max = 60});
    }
    SUBCASE("head") {
        around([&](int d) { return empty_with("X: " + std::string(size(100 - 43, d), 'a')); }, {.head_bytes_max = 100});
    }
    SUBCASE("header lines") {
        around([&](int d) { return empty_with(repeated("X: 1\r\n", size(3, d)) + "Y: 1"); }, {.headers_max = 5});
    }
    SUBCASE("declared body") {
        around(
            [&](int d) {
                return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(10 + d) + "\r\n\r\n" +
                       std::string(size(10, d), 'x');
            },
            {.body_bytes_max = 10});
    }
    SUBCASE("body in chunks") {
        around(
            [&](int d) {
                return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n" + std::to_string(4 + d) +
                       "\r\n" + std::string(size(4, d), 'x') + "\r\n0\r\n\r\n";
            },
            {.body_bytes_max = 9});
    }
    SUBCASE("body until the end of the connection") {
        around([&](int d) { return "HTTP/1.1 200 OK\r\n\r\n" + std::string(size(10, d), 'x'); },
               {.body_bytes_max = 10});
    }
    SUBCASE("trailers") {
        around(
            [&](int d) {
                return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(size(16, d), 'a') +
                       "\r\n\r\n";
            },
            {.trailer_bytes_max = 20});
    }
}

TEST_CASE("floods of a server end at the default limits") {
    const auto is_beyond = [](const std::string& input) {
        return ResponseTranscript::of(input).find("beyond: ") != std::string::npos;
    };
    CHECK(is_beyond("HTTP/1.1 200 " + std::string(1'000'000, 'a')));
    CHECK(is_beyond(std::string(1'000'000, 'H')));
    CHECK(is_beyond(empty_with("X: " + std::string(1'000'000, 'a'))));
    CHECK(is_beyond(empty_with(repeated("X: 1\r\n", 1'000'000))));
    CHECK(is_beyond("HTTP/1.1 200 OK\r\n\r\n" + std::string(1'000'001, 'x')));
    CHECK(is_beyond("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + repeated("X: 1\r\n", 1'000'000)));
}

TEST_CASE("an end of the stream within a response is told, and before it, too") {
    const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    CHECK(ResponseTranscript::of("") == "gone: it has gone without an answer\n");
    for (std::size_t size = 1; size < whole.size(); ++size) {
        const std::string text = ResponseTranscript::of(whole.substr(0, size));
        CAPTURE(size);
        CHECK(text.find("gone: ") != std::string::npos);
    }
    const std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
    for (std::size_t size = 1; size < chunks.size(); ++size)
        CHECK(ResponseTranscript::of(chunks.substr(0, size)).find("gone: ") != std::string::npos);
    CHECK(ResponseTranscript::of("HTTP/1.1 100 Continue\r\n\r\n") == "gone: it has gone without an answer\n");
}

TEST_CASE("one response after another comes out, each to its own request") {
    ResponseParser parser;
    const auto exchange = [&](ResponseTo request, std::string octets) {
        parser.expect(request);
        CHECK_FALSE(parser.has_begun());
        parser.receive(octets);
        CHECK(parser.has_begun());
        std::string text;
        while (const auto event = parser.next_event()) {
            text += event->body;
            if (event->kind == ResponseEvent::Kind::response_received) text += "|";
        }
        octets.assign(octets.size(), '?');
        return text + std::to_string(parser.head().status());
    };
    CHECK(exchange(ResponseTo::request, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab") == "ab|200");
    CHECK(exchange(ResponseTo::head, "HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\n") == "|404");
    CHECK(parser.can_be_reused());
    CHECK(parser.kept_bytes() == 0);
    CHECK(exchange(ResponseTo::request, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n") ==
          "c|200");
    CHECK(exchange(ResponseTo::request, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") == "|200");
    CHECK_FALSE(parser.can_be_reused());
    parser.expect(ResponseTo::request);
    std::string more = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    parser.receive(more);
    CHECK_FALSE(parser.next_event().has_value());
}

TEST_CASE("what a server says before it is asked, or behind its answer, is no answer to the next request") {
    std::string octets = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    SUBCASE("at first") {
        ResponseParser parser;
        parser.receive(octets);
        CHECK_FALSE(parser.can_be_reused());
        const auto event = parser.next_event();
        REQUIRE(event);
        CHECK(event->kind == ResponseEvent::Kind::failed);
        CHECK(event->code == ErrorCode::invalid_input);
    }
    SUBCASE("the request comes at the same moment") {
        ResponseParser parser;
        parser.receive(octets);
        parser.expect(ResponseTo::request);
        CHECK(parser.next_event()->kind == ResponseEvent::Kind::failed);
    }
    SUBCASE("behind an answer") {
        ResponseParser parser;
        parser.expect(ResponseTo::request);
        std::string two = octets + octets;
        parser.receive(two);
        CHECK(parser.next_event()->kind == ResponseEvent::Kind::head_received);
        CHECK(parser.next_event()->kind == ResponseEvent::Kind::response_received);
        CHECK_FALSE(parser.can_be_reused());
        parser.expect(ResponseTo::request);
        CHECK(parser.next_event()->kind == ResponseEvent::Kind::failed);
        CHECK_FALSE(parser.next_event().has_value());
    }
    check_every_cut(octets + "x",
                    "200 (OK) 1.1 keep length=0 Content-Length=<0>  done 200\nfailed: it answers what nobody asked\n");
}

TEST_CASE("an end between responses is none of anybody's business, but the connection is not used again") {
    ResponseParser parser;
    CHECK(parser.can_be_reused());
    parser.receive_eof();
    CHECK_FALSE(parser.next_event().has_value());
    CHECK_FALSE(parser.can_be_reused());
}

TEST_CASE("the owner of a response says on its head how much of a body there may be") {
    for (const std::uint64_t limit : {4U, 5U}) {
        ResponseParser parser;
        parser.expect(ResponseTo::request);
        std::string octets = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        parser.receive(octets);
        REQUIRE(parser.next_event()->kind == ResponseEvent::Kind::head_received);
        parser.set_body_limit(limit);
        const auto event = parser.next_event();
        CHECK(event->kind == (limit == 5 ? ResponseEvent::Kind::body_received : ResponseEvent::Kind::failed));
    }
    // Without a limit.
    ResponseParser parser;
    parser.expect(ResponseTo::request);
    std::string octets = "HTTP/1.1 200 OK\r\n\r\n";
    parser.receive(octets);
    REQUIRE(parser.next_event()->kind == ResponseEvent::Kind::head_received);
    parser.set_body_limit(UINT64_MAX);
    std::string part(100'000, 'x');
    std::size_t received = 0;
    for (int i = 0; i < 100; ++i) {
        parser.receive(part);
        while (const auto event = parser.next_event())
            received += event->body.size();
    }
    CHECK(received == 10'000'000);
    CHECK(parser.kept_bytes() == 0);
    parser.receive_eof();
    CHECK(parser.next_event()->kind == ResponseEvent::Kind::response_received);
}

}  // namespace parley::http
