// SPDX-License-Identifier: MIT
//
// Where a body ends, as tables: what is refused, with which status, and what is accepted. Every row runs whole, octet
// by octet, at every cut and at random cuts, with an owner that drains at once and with one that takes its time.
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/http_checks.hpp"

namespace parley::http {

using namespace std::string_view_literals;
using test::check_every_cut;
using test::check_refused;
using test::chunked;
using test::get_with;
using test::post_with;

namespace {

struct Case {
    std::string_view input;
    int status = 400;
};

}  // namespace

TEST_CASE("an ambiguous length is refused") {
    const std::vector<Case> cases{
        {"Content-Length: 5\r\nTransfer-Encoding: chunked"},
        {"Transfer-Encoding: chunked\r\nContent-Length: 5"},
        {"Content-Length: 5\r\nContent-Length: 5"},
        {"Content-Length: 5\r\nContent-Length: 6"},
        {"Content-Length: 5\r\ncontent-LENGTH: 5"},
        {"Content-Length: 5, 5"},
        {"Content-Length:"},
        {"Content-Length: +5"},
        {"Content-Length: -5"},
        {"Content-Length: 0x5"},
        {"Content-Length: 5_0"},
        {"Content-Length: 5 0"},
        {"Content-Length: 5;"},
        {"Content-Length: 1Z"},
        {"Content-Length: 5.0"},
        {"Content-Length: \x0b"
         "5"},
        {"Content-Length: \xa0"
         "5"},
        {"Content-Length : 5"},
        {"Content-Length\t: 5"},
        {"Content-Length: 9223372036854775808", 413},
        {"Content-Length: 18446744073709551616", 413},
        {"Content-Length: "
         "99999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999",
         413},
        {"Content-Length: "
         "9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999x"},
        {"Content-Length: 1000000000000000", 413},
    };
    for (const Case& row : cases)
        check_refused(post_with(row.input), row.status);
}

TEST_CASE("only exactly chunked is a transfer coding") {
    const std::vector<Case> cases{
        {"Transfer-Encoding: identity"},
        {"Transfer-Encoding: chunked, identity"},
        {"Transfer-Encoding: gzip"},
        {"Transfer-Encoding: gzip, chunked, chunked"},
        {"Transfer-Encoding: gzip,, chunked"},
        {"Transfer-Encoding: gzip;q=1, chunked"},
        {"Transfer-Encoding: chunked, chunked"},
        {"Transfer-Encoding: ,chunked"},
        {"Transfer-Encoding: chunked,"},
        {"Transfer-Encoding:"},
        {"Transfer-Encoding: ,"},
        {"Transfer-Encoding: \x0b"
         "chunked"},
        {"Transfer-Encoding: \xa0"
         "chunked"},
        {"Transfer-Encoding: chunked;q=1"},
        {"Transfer-Encoding: chunked\x0c"},
        {"Transfer-Encoding: \"chunked\""},
        {"Transfer-Encoding: chu nked"},
        {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"},
        {"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"},
        {"Transfer-Encoding: chunked\r\nTransfer-Encoding:"},
        {"Transfer-Encoding:\r\n chunked"},
        {"Transfer-Encoding: \r\n\tchunked"},
        {"Transfer-Encoding: \n chunked"},
        {"Transfer-Encoding : chunked"},
        {"Transfer-Encoding: xchunked", 501},
        {"Transfer-Encoding: chunkedchunked", 501},
        {"Transfer-Encoding: br", 501},
        {"Transfer-Encoding: br, chunked", 501},
        {"Transfer-Encoding: gzip, chunked", 501},
        {"Transfer-Encoding: deflate, chunked", 501},
        {"Transfer-Encoding: identity , CHUNKED", 501},
        {"Transfer-Encoding: gzip, deflate, chunked", 501},
    };
    for (const Case& row : cases)
        check_refused(post_with(row.input) + "0\r\n\r\n", row.status);
    check_refused("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
}

TEST_CASE("a malformed chunk size or extension is refused") {
    // What follows is what a generous reader would make a whole request of.
    const std::vector<std::string_view> lines{
        "\r\n",
        "g\r\n",
        "G\r\n",
        "+1\r\n",
        "-1\r\n",
        "0x1\r\n",
        " 1\r\n",
        "\t1\r\n",
        "1 \r\n",
        "1\t\r\n",
        "1 ;a=b\r\n",
        ":\r\n",
        "?\r\n",
        "@\r\n",
        "00000000000000001\r\n",
        "10000000000000001\r\n",
        "fffffffffffffffff\r\n",
        "ffffffffffffffff\r\n",
        "8000000000000000\r\n",
        "1\n",
        "1\r",
        "1\r\r\n",
        "1\n\r\n",
        "1;\r\n",
        "1;;a\r\n",
        "1; a=b\r\n",
        "1;a =b\r\n",
        "1;a= b\r\n",
        "1;a=b \r\n",
        "1;=b\r\n",
        "1;a=\r\n",
        "1;a=b=c\r\n",
        "1;a=\"b\r\n",
        "1;a=b\"\r\n",
        "1;a=\"b\"c\r\n",
        "1;a=\"b\\\r\n",
        "1;a=\"b\\\"\r\n",
        "1;a\n",
        "1;a\rb\r\n",
        "1;a=\"\n\"\r\n",
        "1;a=\"\r\"\r\n",
        "1;a=\"\x7f\"\r\n",
        "1;a=\"\x01\"\r\n",
        "1;a=\"\\\x01\"\r\n",
        "1;a\x01\r\n",
        "1;a\x80\r\n",
        "1;a(\r\n",
        "1;a=b\x80\r\n",
        "1;a=\0\r\n"sv,
        "1;a=\"\0\"\r\n"sv,
        "1\0\r\n"sv,
    };
    for (const std::string_view line : lines)
        check_refused(chunked(std::string(line) + "x\r\n0\r\n\r\n"), 400);
}

TEST_CASE("a chunk that ends in the wrong way is refused") {
    const std::vector<std::string_view> bodies{
        "1\r\nxy\r\n0\r\n\r\n",
        "1\r\nx0\r\n\r\n",
        "1\r\nxyz0\r\n\r\n",
        "4\r\nSEE-THIS\r\n0\r\n\r\n",
        "1\r\nx\n0\r\n\r\n",
        "1\r\nx\r0\r\n\r\n",
        "1\r\nx\rX0\r\n\r\n",
        "1\r\nx\r\r\n0\r\n\r\n",
        "1\r\nx\n\r\n0\r\n\r\n",
        "1\r\nx\r\n\r\n0\r\n\r\n",
        "0\n\r\n",
        "0\r\nXY",
        "0\r\n\rX",
        "0\r\n\n",
        "0\r\n\r\r\n",
        "0\r\r\n\r\n",
        "0\r\r\n",
    };
    for (const std::string_view body : bodies)
        check_refused(chunked(body), 400);
}

TEST_CASE("a malformed trailer is refused") {
    const std::vector<std::string_view> cases{
        "X : y",      " X: y",           "\tX: y",   "X",     ": y",     "X: \x01",     "X: a\nY: b",
        "X: a\rY: b", "X: a\r\n folded", "X\x80: y", "X(: y", "X: \x7f", "X: y\r\n\rZ",
    };
    for (const std::string_view trailer : cases)
        check_refused(chunked("1\r\nx\r\n0\r\n" + std::string(trailer) + "\r\n\r\n"), 400);
    check_refused(chunked("0\r\nX: \0\r\n\r\n"sv), 400);
}

TEST_CASE("chunks, extensions and trailers are taken off") {
    const std::string head = "POST /? 1.1 keep chunked Host=<a> Transfer-Encoding=<chunked> ";
    const auto done = [&](std::string_view body) { return head + std::string(body) + " done /\n"; };
    check_every_cut(chunked("0\r\n\r\n"), done(""));
    check_every_cut(chunked("3\r\nabc\r\n0\r\n\r\n"), done("{abc}"));
    check_every_cut(chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n00\r\n\r\n"), done("{01234567890123456789}"));
    check_every_cut(chunked("0000000000000001\r\nx\r\n0000000000000000\r\n\r\n"), done("{x}"));
    check_every_cut(chunked("2\r\n\r\n\r\n0\r\n\r\n"), done("{\r\n}"));
    check_every_cut(chunked("1;a\r\nx\r\n1;a=b\r\ny\r\n1;a=\"b;c\";d\r\nz\r\n0;last\r\n\r\n"), done("{xyz}"));
    const std::string long_extension = std::string(200, 'e');  // each chunk has the limit to itself
    check_every_cut(chunked("1;" + long_extension + "\r\nx\r\n1;" + long_extension + "\r\ny\r\n0\r\n\r\n"),
                    done("{xy}"));
    check_every_cut(chunked("1;a=\"\\\"\\\\\t\xff\";b=c\r\nx\r\n0\r\n\r\n"), done("{x}"));
    check_every_cut(chunked("1\r\nx\r\n0\r\nX: y\r\nZ:\r\n\r\n"), done("{x}"));
    check_every_cut(chunked("0\r\nA-Long-Name: 1\r\nHosts: \xff\r\n\r\n"), done(""));
    // What may not stand behind the body is dropped like all the rest (RFC 9110 §6.5.1).
    for (const std::string_view trailer : {"Content-Length: 5", "transfer-encoding: chunked", "Host: b",
                                           "Authorization: x", "Cookie: a=b", "Connection: close"})
        check_every_cut(chunked("1\r\nx\r\n0\r\n" + std::string(trailer) + "\r\n\r\n") + get_with("X: 1"),
                        done("{x}") + "GET /? 1.1 keep Host=<a> X=<1>  done /\n");
    check_every_cut("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \t CHUNKED \r\n\r\n1\r\nx\r\n0\r\n\r\n",
                    "POST /? 1.1 keep chunked Host=<a> Transfer-Encoding=<CHUNKED> {x} done /\n");
}

}  // namespace parley::http
