// SPDX-License-Identifier: MIT
//
// Every limit of the parser at one below, at it and one above, and what floods run into.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/support/http_checks.hpp"

namespace parley::http {

using test::check_every_cut;
using test::chunked;
using test::get_with;
using test::HttpTranscript;
using test::post_with;

TEST_CASE("each limit holds exactly") {
    const auto last_line = [](std::string_view input, const Limits& limits) {
        const std::string transcript = HttpTranscript::of({&input, 1}, limits);
        check_every_cut(input, transcript, limits);
        const std::size_t failed = transcript.find("failed ");
        return failed == std::string::npos ? std::string("ok") : transcript.substr(failed + 7, 3);
    };
    const auto around = [&](auto make, auto set_limit, std::string_view refused) {
        for (const int difference : {-1, 0, 1}) {
            Limits limits;
            limits.head_bytes_max = 2'000;
            set_limit(limits);
            CAPTURE(difference);
            CHECK(last_line(make(difference), limits) == (difference == 1 ? refused : "ok"));
        }
    };

    SUBCASE("request line") {
        around(
            [](int d) {
                return "GET /" + std::string(static_cast<std::size_t>(60 - 14 + d), 'a') +
                       " HTTP/1.1\r\nHost: a\r\n\r\n";
            },
            [](Limits& limits) { limits.request_line_bytes_max = 60; }, "414");
    }
    SUBCASE("head") {
        around([](int d) { return get_with("X: " + std::string(static_cast<std::size_t>(100 - 32 + d), 'a')); },
               [](Limits& limits) { limits.head_bytes_max = 100; }, "431");
    }
    SUBCASE("header lines") {
        around(
            [](int d) {
                std::string lines = "Y: 1";
                for (int i = 0; i < 4 + d; ++i)
                    lines += "\r\nX: 1";
                return get_with(lines);
            },
            [](Limits& limits) { limits.headers_max = 6; }, "431");
    }
    SUBCASE("method") {
        around(
            [](int d) { return std::string(static_cast<std::size_t>(4 + d), 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n"; },
            [](Limits& limits) { limits.method_bytes_max = 4; }, "501");
    }
    SUBCASE("declared body") {
        around(
            [](int d) {
                return post_with("Content-Length: " + std::to_string(10 + d)) +
                       std::string(static_cast<std::size_t>(10 + d), 'x');
            },
            [](Limits& limits) { limits.body_bytes_max = 10; }, "413");
    }
    SUBCASE("body in chunks") {
        around(
            [](int d) {
                return chunked("5\r\nabcde\r\n" + std::to_string(4 + d) + "\r\n" +
                               std::string(static_cast<std::size_t>(4 + d), 'x') + "\r\n0\r\n\r\n");
            },
            [](Limits& limits) { limits.body_bytes_max = 9; }, "413");
    }
    SUBCASE("chunk extension") {
        around(
            [](int d) {
                return chunked("1;" + std::string(static_cast<std::size_t>(19 + d), 'a') + "\r\nx\r\n0\r\n\r\n");
            },
            [](Limits& limits) { limits.chunk_extension_bytes_max = 20; }, "400");
    }
    SUBCASE("chunk overhead") {
        // Each chunk of one octet brings five of framing, the end brings three that count.
        around(
            [](int d) {
                std::string body;
                for (int i = 0; i < 10; ++i)
                    body += "1\r\nx\r\n";
                return chunked(body + std::string(static_cast<std::size_t>(3 + d), '0') + "\r\n\r\n");
            },
            [](Limits& limits) { limits.chunk_overhead_bytes_max = 45; }, "400");
    }
    SUBCASE("trailers") {
        around(
            [](int d) { return chunked("0\r\nX: " + std::string(static_cast<std::size_t>(16 + d), 'a') + "\r\n\r\n"); },
            [](Limits& limits) { limits.trailer_bytes_max = 20; }, "431");
    }
    SUBCASE("trailer lines") {
        around(
            [](int d) {
                std::string trailers;
                for (int i = 0; i < 4 + d; ++i)
                    trailers += "X: 1\r\n";
                return chunked("0\r\n" + trailers + "\r\n");
            },
            [](Limits& limits) { limits.headers_max = 4; }, "431");
    }
}

TEST_CASE("each request of a connection has its limits to itself, as large as the one before may have been") {
    std::string body;
    for (int i = 0; i < 10; ++i)
        body += "1\r\nx\r\n";
    const std::string one =
        chunked(body + "1;" + std::string(19, 'e') + "\r\nx\r\n000\r\nX: " + std::string(16, 'a') + "\r\n\r\n");
    const Limits limits{.headers_max = 2,
                        .trailer_bytes_max = 20,
                        .chunk_extension_bytes_max = 20,
                        .chunk_overhead_bytes_max = 70,
                        .body_bytes_max = 11};
    const std::string twice = one + one;
    const std::string_view first = one;
    const std::string transcript = HttpTranscript::of({&first, 1}, limits);
    CHECK(transcript.find("failed") == std::string::npos);
    check_every_cut(twice, transcript + transcript, limits);
}

TEST_CASE("of a connection on which a request is always under way no more is kept than of that, and a little") {
    RequestParser parser;
    const std::string request = get_with("X: " + std::string(1'000, 'x'));
    std::string beginning = request.substr(0, 100);
    std::string rest_and_next = request.substr(100) + beginning;
    parser.receive(beginning);
    std::size_t requests = 0;
    for (int i = 0; i < 1'000; ++i) {
        while (const auto event = parser.next_event())
            requests += event->kind == RequestEvent::Kind::request_received ? 1 : 0;
        REQUIRE(parser.kept_bytes() <= 4'096 + 2 * request.size());
        parser.receive(rest_and_next);
    }
    CHECK(requests == 999);
    CHECK(parser.kept_bytes() >= 100);
}

TEST_CASE("floods end at the default limits") {
    const auto verdict = [](const std::string& input) {
        const std::string_view all = input;
        const std::string transcript = HttpTranscript::of({&all, 1});
        const std::size_t failed = transcript.find("failed ");
        return failed == std::string::npos ? 0 : std::stoi(transcript.substr(failed + 7, 3));
    };
    const auto repeated = [](std::string_view text, int times) {
        std::string out;
        for (int i = 0; i < times; ++i)
            out += text;
        return out;
    };
    CHECK(verdict("GET /" + std::string(1'000'000, 'a')) == 414);
    CHECK(verdict(std::string(1'000'000, 'A')) == 414);
    CHECK(verdict(get_with("X: " + std::string(1'000'000, 'a'))) == 431);
    CHECK(verdict(get_with(repeated("X: 1\r\n", 1'000'000))) == 431);
    CHECK(verdict(get_with(repeated("X: 1\r\n", 98) + "Y: 2")) == 0);
    CHECK(verdict(get_with(repeated("X: 1\r\n", 99) + "Y: 2")) == 431);
    CHECK(verdict(chunked("5;" + std::string(65'536, 'a'))) == 400);
    CHECK(verdict(chunked(repeated("1\r\nx\r\n", 100'000))) == 400);
    CHECK(verdict(chunked(repeated("1;" + std::string(200, 'a') + "\r\nx\r\n", 1'000))) == 400);
    CHECK(verdict(chunked("0\r\n" + repeated("X: 1\r\n", 1'000'000))) == 431);
    CHECK(verdict(chunked("0\r\nX: " + std::string(1'000'000, 'a'))) == 431);
    CHECK(verdict(chunked(repeated("ffff\r\n" + std::string(65'535, 'x') + "\r\n", 16))) == 413);
    CHECK(verdict(get_with("Transfer-Encoding: chunked\r\nX: " + std::string(100, ','))) == 400);
}

}  // namespace parley::http
