// SPDX-License-Identifier: MIT
//
// Where the body of a response ends, as tables: what is refused, and what is taken. The twins of the tables for
// requests; every row runs whole, octet by octet, at every cut and at random cuts.
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/response_checks.hpp"

namespace parley::http {

using namespace std::string_view_literals;
using test::check_every_cut;
using test::check_refused;

namespace {

std::string ok_with(std::string_view header_lines, std::string_view body = {}) {
    return "HTTP/1.1 200 OK\r\n" + std::string(header_lines) + "\r\n\r\n" + std::string(body);
}

std::string chunked(std::string_view body) {
    return ok_with("Transfer-Encoding: chunked", body);
}

std::string answer(std::string_view status, std::string_view header_lines = "X: 1") {
    return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(header_lines) + "\r\n\r\n";
}

}  // namespace

TEST_CASE("a response with an ambiguous length is refused") {
    for (const std::string_view lines : {
             "Content-Length: 5\r\nTransfer-Encoding: chunked"sv,
             "Transfer-Encoding: chunked\r\nContent-Length: 5"sv,
             "Content-Length: 5\r\nContent-Length: 5"sv,
             "Content-Length: 5\r\nContent-Length: 6"sv,
             "Content-Length: 5\r\ncontent-LENGTH: 5"sv,
             "Content-Length: 5, 5"sv,
             "Content-Length:"sv,
             "Content-Length: +5"sv,
             "Content-Length: -5"sv,
             "Content-Length: 0x5"sv,
             "Content-Length: 5 0"sv,
             "Content-Length: 5;"sv,
             "Content-Length: 5.0"sv,
             "Content-Length: \xa0"
             "5"sv,
             "Content-Length : 5"sv,
             "Content-Length\t: 5"sv,
             "Content-Length:\r\n 5"sv,
         })
        check_refused(ok_with(lines, "hello"));
    check_refused(ok_with("Content-Length: 9223372036854775808"), "beyond: ");
    check_refused(ok_with("Content-Length: 18446744073709551616"), "beyond: ");
    check_refused(ok_with("Content-Length: 1000001"), "beyond: the body is too large");
}

TEST_CASE("of the transfer codings of a response only exactly chunked is taken") {
    for (const std::string_view value : {
             "identity"sv,
             "chunked, identity"sv,
             "gzip"sv,
             "gzip, chunked, chunked"sv,
             "chunked, chunked"sv,
             ",chunked"sv,
             "chunked,"sv,
             ""sv,
             ","sv,
             "\x0b"
             "chunked"sv,
             "\xa0"
             "chunked"sv,
             "chunked;q=1"sv,
             "\"chunked\""sv,
             "chu nked"sv,
             "chunked\r\nTransfer-Encoding: chunked"sv,
             "chunked\r\nTransfer-Encoding: identity"sv,
             "\r\n chunked"sv,
             "xchunked"sv,
             "br"sv,
             "gzip, chunked"sv,
             "deflate, chunked"sv,
         })
        check_refused(ok_with("Transfer-Encoding: " + std::string(value), "0\r\n\r\n"));
    check_refused(ok_with("Transfer-Encoding : chunked", "0\r\n\r\n"));
    check_refused("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST_CASE("a malformed chunk or trailer of a response is refused") {
    for (const std::string_view body : {
             "\r\n"sv,
             "g\r\n"sv,
             "+1\r\nx\r\n0\r\n\r\n"sv,
             "-1\r\n"sv,
             "0x1\r\n"sv,
             " 1\r\n"sv,
             "1 \r\nx\r\n"sv,
             "00000000000000001\r\n"sv,
             "1\nx\r\n0\r\n\r\n"sv,
             "1\r\nxy\r\n0\r\n\r\n"sv,
             "1\r\nx0\r\n\r\n"sv,
             "1\r\nx\n0\r\n\r\n"sv,
             "1;\r\n"sv,
             "1;a=\"b\r\n"sv,
             "0\r\nX : y\r\n\r\n"sv,
             "0\r\n X: y\r\n\r\n"sv,
             "0\r\nX\r\n\r\n"sv,
             "0\r\nX: \x01\r\n\r\n"sv,
             "0\r\nX: a\r\n folded\r\n\r\n"sv,
             "0\r\n\rX"sv,
             "0\n\n"sv,
             "1\r\nx\r\nX"sv,
         })
        check_refused(chunked(body));
    check_refused(chunked("ffffffffffffffff\r\n"));
    check_refused(chunked("f4241\r\n"), "beyond: the body is too large");
}

TEST_CASE("a response ends where its length, its chunks or the connection say so") {
    check_every_cut(ok_with("Content-Length: 5", "hello"),
                    "200 (OK) 1.1 keep length=5 Content-Length=<5> {hello} done 200\nreusable\n");
    check_every_cut(ok_with("Content-Length: 0"),
                    "200 (OK) 1.1 keep length=0 Content-Length=<0>  done 200\nreusable\n");
    check_every_cut(chunked("3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nA: b\r\n\r\n"),
                    "200 (OK) 1.1 keep chunked Transfer-Encoding=<chunked> {abcd} done 200\nreusable\n");
    check_every_cut(ok_with("X: 1", "all\r\n\r\nof it"), "200 (OK) 1.1 keep X=<1> {all\r\n\r\nof it} done 200\n");
    check_every_cut(ok_with("X: 1"), "200 (OK) 1.1 keep X=<1>  done 200\n");
    check_every_cut("HTTP/1.0 200 OK\r\n\r\nold", "200 (OK) 1.0 close {old} done 200\n");
    check_every_cut("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold and more",
                    "200 (OK) 1.0 close length=3 Content-Length=<3> {old} done 200\n");
    check_every_cut("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nold",
                    "200 (OK) 1.0 keep length=3 Connection=<keep-alive> Content-Length=<3> {old} done 200\nreusable\n");
    check_every_cut(ok_with("Connection: close\r\nContent-Length: 1", "xHTTP/1.1 200 OK\r\n\r\n"),
                    "200 (OK) 1.1 close length=1 Connection=<close> Content-Length=<1> {x} done 200\n");
}

TEST_CASE("some responses have no body, whatever they say") {
    const test::ResponseSetting to_head{.request = ResponseTo::head};
    for (const std::string_view lines : {"Content-Length: 5", "Transfer-Encoding: chunked", "X: 1"}) {
        const std::string text = test::ResponseTranscript::of(ok_with(lines), to_head);
        CAPTURE(text);
        CHECK(text.ends_with(" done 200\nreusable\n"));
        check_every_cut(ok_with(lines), text, to_head);
    }
    check_every_cut(answer("304 Not Modified", "Content-Length: 5"),
                    "304 (Not Modified) 1.1 keep length=5 Content-Length=<5>  done 304\nreusable\n");
    check_every_cut(answer("304 Not Modified", "Transfer-Encoding: chunked"),
                    "304 (Not Modified) 1.1 keep chunked Transfer-Encoding=<chunked>  done 304\nreusable\n");
    check_every_cut(answer("204 No Content"), "204 (No Content) 1.1 keep X=<1>  done 204\nreusable\n");
    check_every_cut(answer("204 No Content", "Content-Length: 0"),
                    "204 (No Content) 1.1 keep length=0 Content-Length=<0>  done 204\nreusable\n");
    // One that says it has a body may have one: the connection is not used again.
    check_every_cut(answer("204 No Content", "Content-Length: 5") + "hello",
                    "204 (No Content) 1.1 keep length=5 Content-Length=<5>  done 204\n");
    check_every_cut(answer("204 No Content", "Transfer-Encoding: chunked") + "0\r\n\r\n",
                    "204 (No Content) 1.1 keep chunked Transfer-Encoding=<chunked>  done 204\n");
}

TEST_CASE("interim responses are passed over, and none of them has a body") {
    const std::string after = answer("200 OK", "Content-Length: 1") + "x";
    const std::string_view read = "200 (OK) 1.1 keep length=1 Content-Length=<1> {x} done 200\nreusable\n";
    check_every_cut(answer("100 Continue") + after, read);
    check_every_cut(answer("103 Early Hints", "Link: </a>; rel=preload") + answer("102 Processing") + after, read);
    check_every_cut("HTTP/1.1 100 Continue\r\n\r\n" + after, read);
    check_refused(answer("100 Continue", "Content-Length: 5") + "hello" + after);
    check_refused(answer("100 Continue", "Content-Length: 0") + after);
    check_refused(answer("100 Continue", "Transfer-Encoding: chunked") + "0\r\n\r\n" + after);
    check_refused("HTTP/1.1 100 Continue\r\n\r\n\r\n" + after);
}

TEST_CASE("of interim responses there may be as many as the limit, and not one more") {
    const auto flood = [](std::size_t times) {
        std::string text;
        for (std::size_t i = 0; i < times; ++i)
            text += answer("102 Processing");
        return text;
    };
    const std::size_t most = ResponseParser::interim_responses_max;
    for (const std::size_t times : {most - 1, most})
        CHECK(
            test::ResponseTranscript::of(flood(times) + answer("200 OK", "Content-Length: 0")).ends_with("reusable\n"));
    check_refused(flood(most + 1), "beyond: there are too many interim answers");
    CHECK(test::ResponseTranscript::of(flood(100'000)) == "beyond: there are too many interim answers\n");
}

TEST_CASE("101 is an answer to who asked for it, and hands the rest over") {
    const std::string switching = answer("101 Switching Protocols", "Connection: Upgrade\r\nUpgrade: websocket");
    const test::ResponseSetting upgrade{.request = ResponseTo::upgrade};
    const std::string head =
        "101 (Switching Protocols) 1.1 keep upgrade Connection=<Upgrade> Upgrade=<websocket>  left {";
    check_every_cut(switching, head + "}\n", upgrade);
    check_every_cut(answer("100 Continue") + switching, head + "}\n", upgrade);
    CHECK(test::ResponseTranscript::of(switching + "\x81\x01x", upgrade) == head + "\x81\x01x}\n");
    CHECK(test::ResponseTranscript::of(answer("403 No", "Content-Length: 1") + "x", upgrade).ends_with("reusable\n"));

    check_refused(switching);
    check_refused(switching, "failed: ", {.request = ResponseTo::head});
    check_refused(switching, "failed: ", {.request = ResponseTo::connect});
    check_refused(answer("101 Switching Protocols"), "failed: ", upgrade);
    check_refused(answer("101 Switching Protocols", "Upgrade: websocket"), "failed: ", upgrade);
    check_refused(answer("101 Switching Protocols", "Connection: upgrade"), "failed: ", upgrade);
    check_refused("HTTP/1.0 101 x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "failed: ", upgrade);
    check_refused(answer("101 x", "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1") + "x",
                  "failed: ", upgrade);
}

TEST_CASE("2xx to CONNECT is the end of HTTP, whatever length it says, and anything else an ordinary answer") {
    const test::ResponseSetting connect{.request = ResponseTo::connect};
    check_every_cut(answer("200 Connection established"), "200 (Connection established) 1.1 keep X=<1>  left {}\n",
                    connect);
    CHECK(test::ResponseTranscript::of(answer("299 x", "Content-Length: 5") + "early", connect)
              .ends_with("left {early}\n"));
    check_every_cut(
        answer("407 Proxy Authentication Required", "Content-Length: 2") + "no",
        "407 (Proxy Authentication Required) 1.1 keep length=2 Content-Length=<2> {no} done 407\nreusable\n", connect);
}

}  // namespace parley::http
