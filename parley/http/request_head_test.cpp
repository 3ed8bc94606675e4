// SPDX-License-Identifier: MIT
//
// Request lines, headers and hosts, as tables: what is refused, with which status, and what is accepted although it
// looks odd. Every row runs whole, octet by octet, at every cut and at random cuts, with an owner that drains at once
// and with one that takes its time.
#include <doctest/doctest.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/http/request_parser.hpp"
#include "tests/support/http_checks.hpp"

namespace parley::http {

using namespace std::string_view_literals;
using test::check_every_cut;
using test::check_refused;
using test::chunked;
using test::get_with;
using test::HttpTranscript;
using test::post_with;

namespace {

struct Case {
    std::string_view input;
    int status = 400;
};

}  // namespace

TEST_CASE("a malformed header line is refused") {
    const std::vector<std::string_view> cases{
        "X",         "X y",      ": y",      "X : y",       "X\t: y",     "X: y\r\n folded", "X: y\r\n\tfolded",
        "X: y\r\n ", "X(: y",    "X\": y",   "X/: y",       "X\x80: y",   "X\xff: y",        "X\x7f: y",
        "X\x01: y",  "X: a\x01", "X: a\x0b", "X: a\x7f",    "X: a\nY: b", "X: a\rY: b",      "X: a\r\r\nY: b",
        "X: a\n",    "\nX: a",   "\rX: a",   "X: a\r\n\rX", "X: a\r\n\n",
    };
    for (const std::string_view line : cases)
        check_refused(get_with(line), 400);
    check_refused(get_with("X: \0"sv), 400);
    check_refused(get_with("X\0: a"sv), 400);
    check_refused("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400);
    check_refused("GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", 400);
    check_refused("GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n", 400);
}

TEST_CASE("only CR LF ends a line") {
    // Each CR LF of a request in turn is replaced by something that other readers take for a line end, or half of one.
    const std::string request =
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nTrailer-1: b\r\n\r\n";
    for (std::size_t at = request.find("\r\n"); at != std::string::npos; at = request.find("\r\n", at + 2)) {
        for (const std::string_view end : {"\n"sv, "\r"sv, "\r\r\n"sv, "\n\r"sv, "\0"sv, "\x0b"sv, "\x85"sv}) {
            std::string changed = request;
            changed.replace(at, 2, end);
            CAPTURE(at);
            // 0x85 is only an octet of a value, and then two header lines are one; that is a different valid request.
            if (end == "\x85"sv &&
                HttpTranscript::of({{std::string_view(changed)}}).find("failed") == std::string::npos)
                continue;
            check_refused(changed, 400);
        }
    }
}

TEST_CASE("a malformed request line is refused") {
    const std::vector<Case> cases{
        {"GET  / HTTP/1.1"},
        {"GET /  HTTP/1.1"},
        {"GET\t/ HTTP/1.1"},
        {"GET /\tHTTP/1.1"},
        {"GET / HTTP/1.1 "},
        {" GET / HTTP/1.1"},
        {"GET / "},
        {"GET /"},
        {"GET"},
        {"/ HTTP/1.1"},
        {"GET HTTP/1.1"},
        {"GET / HTTP/1.10"},
        {"GET / HTTP/1.32"},
        {"GET / HTTP/11.1"},
        {"GET / HTTP/1."},
        {"GET / HTTP/1"},
        {"GET / HTTP/.1"},
        {"GET / HTTP/1,1"},
        {"GET / HTTP/1.1x"},
        {"GET / http/1.1"},
        {"GET / HTTPS/1.1"},
        {"GET / HTTP 1.1"},
        {"GET / HTTP/x.y"},
        {"GET / HTTP/2.0"},
        {"GET / HTTP/0.9"},
        {"PRI * HTTP/2.0"},
        {"GET / HTTP/3.0", 505},
        {"GET / HTTP/9.9", 505},
        {"G(T / HTTP/1.1"},
        {"G\xe9T / HTTP/1.1"},
        {"G;T / HTTP/1.1"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1", 501},
        {"CONNECT a:443 HTTP/1.1", 405},
        {"CONNECT / HTTP/1.1", 405},
    };
    for (const Case& row : cases)
        check_refused(std::string(row.input) + "\r\nHost: a\r\n\r\n", row.status);
    check_refused("GET /\r\n", 400);
    check_refused("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400);
    check_refused("\r\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    check_refused("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    check_refused("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    check_refused("\0GET / HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400);
    check_refused("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"sv, 400);
}

TEST_CASE("what browsers leave unescaped is taken, in the path and in the query") {
    for (const std::string_view target :
         {"/a|b", "/^", "/a[b]'c'", "/~!$&'()*+,;=:@-._", "/?q=a|b", "/?filter={a|b}", "/?a=`", "/?a=\\", "/?^", "/?%",
          "/?a=%", "/?a=%4", "/?a=%g0", "/?a=100%&b", "/?a?b/c[d]", "/?_~!$&'()*+,;=:@-."}) {
        CAPTURE(target);
        std::string input = "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
        RequestParser parser;
        parser.receive(std::span(input.data(), input.size()));
        REQUIRE(parser.next_event()->kind == RequestEvent::Kind::head_received);
        CHECK(parser.head().target() == target);
        CHECK(parser.head().path() == target.substr(0, target.find('?')));
    }
}

TEST_CASE("a target that is no URL is refused") {
    for (const std::string_view target : {"a",
                                          "a/b",
                                          "?a",
                                          "*",
                                          "*/",
                                          "/a b",
                                          "/a%20\x01",
                                          "/\x7f",
                                          "/\x80",
                                          "/\xff",
                                          "/\"",
                                          "/<",
                                          "/>",
                                          "/\\",
                                          "/`",
                                          "/{",
                                          "/}",
                                          "/#",
                                          "/a#fragment",
                                          "/?#",
                                          "#",
                                          "//a\"",
                                          "/?a=\"",
                                          "/?a=<",
                                          "/?\xc3\xa9",
                                          "/%",
                                          "/%4",
                                          "/%zz",
                                          "/a%2",
                                          "http://",
                                          "http:///",
                                          "http:/a",
                                          "http://?a",
                                          "ftp://a/",
                                          "://a/",
                                          "http://a b/",
                                          "http://u@a/",
                                          "http://a:b/",
                                          "http://a#f",
                                          "http://b/",
                                          "http://a:81/",
                                          "http://a..b/",
                                          "http://[::1/",
                                          "http://a,a/",
                                          "javascript:alert(1)",
                                          "a:80"})
        check_refused("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    check_refused("GET https://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    check_refused("POST * HTTP/1.1\r\nHost: a\r\n\r\n", 400);
}

TEST_CASE("a missing, repeated or malformed Host is refused") {
    check_refused("GET / HTTP/1.1\r\n\r\n", 400);
    check_refused("GET http://a/ HTTP/1.1\r\n\r\n", 400);
    check_refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400);
    check_refused("GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", 400);
    check_refused("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400);
    check_refused("GET / HTTP/1.1\r\nHost: a\nHost: again\r\n\r\n", 400);
    for (const std::string_view host :
         {"",        "a b", "a, b", "a,b",   "u@a",  "a/", "a/b",  "a:b", "a:8x", "a:65536", "a:-1",
          "a:80:80", ":80", "[::1", "[::g]", "a\\b", "..", "a..b", "a?b", "a#b",  "\x01a"})
        check_refused("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n", 400);
    check_refused("GET / HTTP/1.0\r\nHost: a b\r\n\r\n", 400);
}

TEST_CASE("an expectation other than 100-continue is refused") {
    check_refused(post_with("Content-Length: 1\r\nExpect: more"), 417);
    check_refused(post_with("Content-Length: 1\r\nExpect: 100-continue, more"), 417);
    check_refused(post_with("Content-Length: 1\r\nExpect: 100-continue\r\nExpect: more"), 417);
    check_refused(post_with("Content-Length: 1\r\nExpect: 100-continue=1"), 417);
}

TEST_CASE("what only looks odd is accepted") {
    struct Accepted {
        std::string input;
        std::string_view transcript;
    };
    const std::vector<Accepted> cases{
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /? 1.1 keep Host=<a>  done /\n"},
        {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /? 1.1 keep Host=<a>  done /\n"},
        {"\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\n", "GET /? 1.1 keep Host=<a>  done /\n"},
        {"BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n", "BREW /pot? 1.1 keep Host=<a>  done /pot\n"},
        {"get / HTTP/1.1\r\nHost: a\r\n\r\n", "get /? 1.1 keep Host=<a>  done /\n"},
        {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "TRACE /? 1.1 keep Host=<a>  done /\n"},
        {"!#$%&'*+-.^_`|~09az / HTTP/1.1\r\nHost: a\r\n\r\n", "!#$%&'*+-.^_`|~09az /? 1.1 keep Host=<a>  done /\n"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1\r\nHost: a\r\n\r\n",
         "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF /? 1.1 keep Host=<a>  done /\n"},
        {"GET / HTTP/1.0\r\n\r\n", "GET /? 1.0 close  done /\n"},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /? 1.0 keep Connection=<keep-alive>  done /\n"},
        {"GET / HTTP/1.1\r\nhOsT:a\r\n\r\n", "GET /? 1.1 keep hOsT=<a>  done /\n"},
        {"GET / HTTP/1.1\r\nHost: \t a \t \r\n\r\n", "GET /? 1.1 keep Host=<a>  done /\n"},
        {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS *? 1.1 keep Host=<a>  done *\n"},
        {"GET //a//b/../c?x=%20&y=[1]&z='1' HTTP/1.1\r\nHost: a\r\n\r\n",
         "GET //a//b/../c?x=%20&y=[1]&z='1' 1.1 keep Host=<a>  done //a//b/../c?x=%20&y=[1]&z='1'\n"},
        {"GET /a??b?c HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a??b?c 1.1 keep Host=<a>  done /a??b?c\n"},
        {"GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", "GET /? 1.1 keep Host=<a>  done http://a\n"},
        {"GET http://A:80/b?c HTTP/1.1\r\nHost: a\r\n\r\n", "GET /b?c 1.1 keep Host=<a>  done http://A:80/b?c\n"},
        {"GET HTTPS://a?c HTTP/1.1\r\nHost: a:443\r\n\r\n", "GET /?c 1.1 keep Host=<a:443>  done HTTPS://a?c\n"},
        {get_with("X_Y: 1\r\n!#$%&'*+-.^_`|~09: 2"),
         "GET /? 1.1 keep Host=<a> X_Y=<1> !#$%&'*+-.^_`|~09=<2>  done /\n"},
        {get_with("X: \xff\x80 a\tb"), "GET /? 1.1 keep Host=<a> X=<\xff\x80 a\tb>  done /\n"},
        {get_with("X:\r\nY:  \r\nZ:::"), "GET /? 1.1 keep Host=<a> X=<> Y=<> Z=<::>  done /\n"},
        {post_with("Content-Length: 010") + "0123456789",
         "POST /? 1.1 keep length=10 Host=<a> Content-Length=<010> {0123456789} done /\n"},
        {post_with("Content-Length: 0"), "POST /? 1.1 keep length=0 Host=<a> Content-Length=<0>  done /\n"},
        {get_with("Content-Length: 3") + "abc", "GET /? 1.1 keep length=3 Host=<a> Content-Length=<3> {abc} done /\n"},
        {post_with("Content-Length: 3\r\nExpect: 100-Continue") + "abc",
         "POST /? 1.1 keep length=3 expects Host=<a> Content-Length=<3> Expect=<100-Continue> {abc} done /\n"},
        {post_with("Content-Length: 1\r\nExpect: 100-continue, 100-continue") + "x",
         "POST /? 1.1 keep length=1 expects Host=<a> Content-Length=<1> Expect=<100-continue, 100-continue> {x} done "
         "/\n"},
        {post_with("Content-Length: 1\r\nExpect:") + "x",
         "POST /? 1.1 keep length=1 Host=<a> Content-Length=<1> Expect=<> {x} done /\n"},
        {get_with("Expect: 100-continue"), "GET /? 1.1 keep Host=<a> Expect=<100-continue>  done /\n"},
        {get_with("Connection: Keep-Alive, Upgrade\r\nUpgrade: websocket"),
         "GET /? 1.1 keep upgrade Host=<a> Connection=<Keep-Alive, Upgrade> Upgrade=<websocket>  done /\n"},
        {get_with("Connection: keep-alive\r\nConnection: close"),
         "GET /? 1.1 close Host=<a> Connection=<keep-alive> Connection=<close>  done /\n"},
        {get_with("Connection: closed"), "GET /? 1.1 keep Host=<a> Connection=<closed>  done /\n"},
    };
    for (const Accepted& row : cases)
        check_every_cut(row.input, row.transcript);
}

TEST_CASE("pipelined requests come out in order, whatever their framing") {
    const std::string input = get_with("X: 1") + post_with("Content-Length: 3") + "abc" +
                              chunked("2\r\nde\r\n0\r\n\r\n") + "\r\n" + get_with("X: 2") +
                              get_with("Connection: close") + get_with("X: ignored");
    check_every_cut(input,
                    "GET /? 1.1 keep Host=<a> X=<1>  done /\n"
                    "POST /? 1.1 keep length=3 Host=<a> Content-Length=<3> {abc} done /\n"
                    "POST /? 1.1 keep chunked Host=<a> Transfer-Encoding=<chunked> {de} done /\n"
                    "GET /? 1.1 keep Host=<a> X=<2>  done /\n"
                    "GET /? 1.1 close Host=<a> Connection=<close>  done /\n");
}

TEST_CASE("an end of the stream within a request fails, between requests it does not") {
    const std::string request = post_with("Content-Length: 3") + "abc";
    for (std::size_t size = 0; size <= request.size(); ++size) {
        const std::string_view part = std::string_view(request).substr(0, size);
        const bool is_complete = size == 0 || size == request.size();
        CAPTURE(size);
        CHECK((HttpTranscript::of({&part, 1}).find("failed 400: the client stopped") == std::string::npos) ==
              is_complete);
    }
    const std::string in_chunks = chunked("3\r\nabc\r\n0\r\nX: y\r\n\r\n");
    for (std::size_t size = 1; size < in_chunks.size(); ++size) {
        const std::string_view part = std::string_view(in_chunks).substr(0, size);
        CAPTURE(size);
        CHECK(HttpTranscript::of({&part, 1}).ends_with("failed 400: the client stopped within a request\n"));
    }
}

}  // namespace parley::http
