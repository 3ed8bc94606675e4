// SPDX-License-Identifier: MIT
#include "parley/http/request_parser.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/http_checks.hpp"

namespace parley::http {
namespace {

using Kind = RequestEvent::Kind;

std::span<char> chars_of(std::string& text) {
    return {text.data(), text.size()};
}

}  // namespace

TEST_CASE("a head gives views into the octets that were received") {
    std::string input =
        "GET /chat/room%201?name=a&x=1 HTTP/1.1\r\nHost: example.org:3000\r\nAccept: text/html, */*\r\n"
        "X-Twice: 1\r\nx-twice: 2\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n";
    RequestParser parser;
    parser.receive(chars_of(input));
    REQUIRE(parser.next_event()->kind == Kind::head_received);
    const RequestHead& head = parser.head();
    CHECK(head.method() == "GET");
    CHECK(head.target() == "/chat/room%201?name=a&x=1");
    CHECK(head.path() == "/chat/room%201");
    CHECK(head.query() == "name=a&x=1");
    CHECK(head.minor_version() == 1);
    CHECK(head.host() == "example.org:3000");
    CHECK(head.find("ACCEPT") == "text/html, */*");
    CHECK(head.find("accept").value().data() == input.data() + input.find("text/html"));
    CHECK_FALSE(head.find("Accep"));
    CHECK(head.find("X-Twice") == "1");
    CHECK(head.count("x-TWICE") == 2);
    CHECK(head.lists("connection", "upgrade"));
    CHECK(head.lists("connection", "Keep-Alive"));
    CHECK_FALSE(head.lists("connection", "keep"));
    CHECK(head.wants_upgrade());
    CHECK(head.keep_alive());
    CHECK_FALSE(head.has_body());
    CHECK(head.headers().size() == 6);
    CHECK(head.headers()[3].name == "x-twice");
    CHECK(parser.next_event()->kind == Kind::request_received);
    CHECK_FALSE(parser.next_event());
}

TEST_CASE("a later minor version is read as HTTP/1.1") {
    for (const std::string_view version : {"1.1", "1.2", "1.9"}) {
        std::string input = "GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n\r\n";
        RequestParser parser;
        parser.receive(chars_of(input));
        REQUIRE(parser.next_event()->kind == Kind::head_received);
        CHECK(parser.head().minor_version() == 1);
        CHECK(parser.head().keep_alive());
    }
}

TEST_CASE("an empty line behind a request is not the beginning of another one") {
    for (const std::string_view rest : {"\r\n", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
        std::string input = "GET / HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(rest);
        RequestParser parser;
        parser.receive(chars_of(input));
        REQUIRE(parser.next_event()->kind == Kind::head_received);
        REQUIRE(parser.next_event()->kind == Kind::request_received);
        if (rest.size() > 2) {
            REQUIRE(parser.next_event()->kind == Kind::head_received);
            REQUIRE(parser.next_event()->kind == Kind::request_received);
        }
        CHECK_FALSE(parser.next_event());
        CHECK(parser.is_idle());
        parser.receive_eof();
        CHECK_FALSE(parser.next_event());
    }
}

TEST_CASE("more headers than fit in place are all there") {
    std::string input = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 90; ++i)
        input += "X-" + std::to_string(i) + ": value " + std::to_string(i) + "\r\n";
    input += "\r\n";
    RequestParser parser;
    parser.receive(chars_of(input));
    REQUIRE(parser.next_event()->kind == Kind::head_received);
    REQUIRE(parser.head().headers().size() == 91);
    for (int i = 0; i < 90; ++i)
        CHECK(parser.head().find("x-" + std::to_string(i)) == "value " + std::to_string(i));
}

TEST_CASE("the parser says what it is doing") {
    std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n";
    std::string begin = head.substr(0, 9);
    std::string end = head.substr(9);
    std::string body = "ab";
    RequestParser parser;
    CHECK(parser.is_idle());
    parser.receive(chars_of(begin));
    CHECK_FALSE(parser.next_event());
    CHECK(parser.is_reading_head());
    CHECK_FALSE(parser.is_idle());
    parser.receive(chars_of(end));
    CHECK(parser.next_event()->kind == Kind::head_received);
    CHECK_FALSE(parser.next_event());
    CHECK(parser.is_reading_body());
    parser.receive(chars_of(body));
    CHECK(parser.next_event()->body == "ab");
    CHECK(parser.next_event()->kind == Kind::request_received);
    CHECK_FALSE(parser.is_idle());
    CHECK_FALSE(parser.next_event());
    CHECK(parser.is_idle());
}

TEST_CASE("a body is given out without being collected") {
    std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n";
    RequestParser parser;
    parser.receive(chars_of(head));
    REQUIRE(parser.next_event()->kind == Kind::head_received);
    CHECK_FALSE(parser.next_event());
    std::string part(100'000, 'x');
    for (int i = 0; i < 2; ++i) {
        parser.receive(chars_of(part));
        const auto event = parser.next_event();
        REQUIRE(event);
        CHECK(event->body.data() == part.data());
        CHECK(event->body.size() == part.size());
    }
    CHECK(parser.next_event()->kind == Kind::request_received);
    CHECK(parser.head().target() == "/");
}

TEST_CASE("the owner sets the limit of each body when it has seen the head") {
    const auto verdict = [](std::uint64_t limit) {
        std::string input = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789";
        RequestParser parser({.body_bytes_max = 3});
        parser.receive(chars_of(input));
        REQUIRE(parser.next_event()->kind == Kind::head_received);
        parser.set_body_limit(limit);
        const auto event = parser.next_event();
        return event->kind == Kind::failed ? event->status : 200;
    };
    CHECK(verdict(9) == 413);
    CHECK(verdict(10) == 200);
    CHECK(verdict(11) == 200);
    CHECK(verdict(0) == 413);

    // It holds for one request; the next one has the default again.
    std::string input =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcdPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
        "4\r\n\r\nabcd";
    RequestParser parser({.body_bytes_max = 3});
    parser.receive(chars_of(input));
    REQUIRE(parser.next_event()->kind == Kind::head_received);
    parser.set_body_limit(4);
    CHECK(parser.next_event()->body == "abcd");
    CHECK(parser.next_event()->kind == Kind::request_received);
    CHECK(parser.next_event()->kind == Kind::head_received);
    CHECK(parser.next_event()->status == 413);
    CHECK_FALSE(parser.next_event());
}

TEST_CASE("behind an upgrade the octets belong to the other protocol") {
    std::string first = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Up";
    std::string second = "grade\r\nUpgrade: websocket\r\n\r\n\x81\x85mask";
    SUBCASE("whole") {
        std::string input = first + second;
        RequestParser parser;
        parser.receive(chars_of(input));
        REQUIRE(parser.next_event()->kind == Kind::head_received);
        CHECK(parser.head().wants_upgrade());
        parser.upgrade();
        CHECK(std::string(parser.unparsed().data(), parser.unparsed().size()) == "\x81\x85mask");
        CHECK(parser.unparsed().data() == input.data() + input.size() - 6);
        CHECK_FALSE(parser.next_event());
    }
    SUBCASE("in parts") {
        RequestParser parser;
        parser.receive(chars_of(first));
        CHECK_FALSE(parser.next_event());
        parser.receive(chars_of(second));
        REQUIRE(parser.next_event()->kind == Kind::head_received);
        CHECK(parser.head().wants_upgrade());
        parser.upgrade();
        CHECK(std::string(parser.unparsed().data(), parser.unparsed().size()) == "\x81\x85mask");
    }
}

TEST_CASE("an owner that answers later keeps the head and the requests behind it") {
    RequestParser parser;
    std::vector<std::string> targets;
    {
        std::string input;
        for (int i = 0; i < 3; ++i)
            input += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
        input += "GET /half HT";
        parser.receive(chars_of(input));
        REQUIRE(parser.next_event()->kind == Kind::head_received);
        REQUIRE(parser.next_event()->kind == Kind::request_received);
        parser.keep();
        std::fill(input.begin(), input.end(), '?');
    }
    CHECK(parser.head().target() == "/0");
    CHECK(parser.head().find("host") == "a");
    std::string rest = "TP/1.1\r\nHost: b\r\n\r\n";
    parser.receive(chars_of(rest));
    CHECK(parser.head().target() == "/0");
    while (const auto event = parser.next_event()) {
        if (event->kind == Kind::request_received) targets.emplace_back(parser.head().target());
    }
    CHECK(targets == std::vector<std::string>{"/1", "/2", "/half"});
    CHECK(parser.is_idle());
}

TEST_CASE("ten thousand pipelined requests that are answered one by one cost no more than linear time") {
    const auto run = [](int requests) {
        std::string input;
        for (int i = 0; i < requests; ++i)
            input += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        RequestParser parser;
        parser.receive(chars_of(input));
        int received = 0;
        const auto begin = std::chrono::steady_clock::now();
        while (const auto event = parser.next_event()) {
            if (event->kind != Kind::request_received) continue;
            ++received;
            parser.keep();
        }
        CHECK(received == requests);
        return std::chrono::steady_clock::now() - begin;
    };
    // Moving the rest for each request would make this a hundred times slower; ten is for a busy machine.
    const auto small = run(1'000);
    const auto large = run(10'000);
    CHECK(large < small * 100 + std::chrono::milliseconds(200));
}

TEST_CASE("a head that drips in costs linear time") {
    std::string input = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(16'000, 'a') + "\r\n\r\n";
    RequestParser parser;
    bool received = false;
    for (char& c : input) {
        parser.receive({&c, 1});
        while (const auto event = parser.next_event())
            received = received || event->kind == Kind::head_received;
    }
    CHECK(received);
}

TEST_CASE("nothing comes out of a parser that has failed") {
    std::string input = "GET / HTTP/1.1\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
    RequestParser parser;
    parser.receive(chars_of(input));
    const auto event = parser.next_event();
    REQUIRE(event);
    CHECK(event->kind == Kind::failed);
    CHECK(event->status == 400);
    CHECK_FALSE(event->reason.empty());
    CHECK_FALSE(parser.next_event());
    std::string more = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    parser.receive(chars_of(more));
    CHECK_FALSE(parser.next_event());
    parser.receive_eof();
    CHECK_FALSE(parser.next_event());
}

}  // namespace parley::http
