// SPDX-License-Identifier: MIT
#include "parley/client/cookie_jar.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace parley::client::test {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds now{1'000'000'000s};

http::Url url(const char* text) {
    return http::parse_url(text).value();
}

const http::Url plain = url("http://chat.example/socket.io/");

std::string header(const CookieJar& jar, std::chrono::sys_seconds at = now) {
    const std::vector<HttpHeader> headers = jar.add_to({}, at);
    return headers.empty() ? "" : headers.front().name + ": " + headers.front().value;
}

// The header after one Set-Cookie.
std::string after(const char* set_cookie, const http::Url& where = plain) {
    CookieJar jar(where, {});
    jar.take(set_cookie, now);
    return header(jar);
}

}  // namespace

TEST_CASE("cookie jar: what was set is sent, the last value of each name, behind the program's own") {
    CookieJar jar(plain, {});
    CHECK(jar.add_to({}, now).empty());
    jar.take("AWSALB=abc; Expires=Wed, 09 Jun 2100 10:18:14 GMT; Path=/", now);
    jar.take("io=1; HttpOnly; SameSite=Lax", now);
    jar.take("io=\"2\"", now);
    CHECK(header(jar) == "Cookie: AWSALB=abc; io=\"2\"");
    const std::vector<HttpHeader> headers = jar.add_to({{"X", "y"}, {"cookie", "own=1"}}, now);
    CHECK(headers.size() == 2);
    CHECK(headers[1].value == "own=1; AWSALB=abc; io=\"2\"");
}

TEST_CASE("cookie jar: cookies end by Max-Age, which counts before Expires, and by Expires") {
    CookieJar jar(plain, {});
    jar.take("a=1; max-age=10; expires=Thu, 01 Jan 1970 00:00:00 GMT", now);
    jar.take("b=2; Expires=Sun, 09 Sep 2001 01:46:50 GMT", now);  // 10 s later
    jar.take("c=3; Max-Age=never", now);
    CHECK(header(jar) == "Cookie: a=1; b=2; c=3");
    CHECK(header(jar, now + 9s) == "Cookie: a=1; b=2; c=3");
    CHECK(header(jar, now + 10s) == "Cookie: c=3");
    jar.take("c=; Max-Age=0", now);
    CHECK(header(jar, now + 10s).empty());
    CHECK(after("a=1; Max-Age=-5").empty());
    CHECK(after("a=1; Max-Age=999999999999999999999999999999") == "Cookie: a=1");
}

TEST_CASE("cookie jar: what is for another host, another path or an encrypted way only is left out") {
    CHECK(after("a=1; Domain=chat.example") == "Cookie: a=1");
    CHECK(after("a=1; Domain=.EXAMPLE") == "Cookie: a=1");
    CHECK(after("a=1; Domain=hat.example").empty());
    CHECK(after("a=1; Domain=other.example").empty());
    CHECK(after("a=1; Path=/socket.io") == "Cookie: a=1");
    CHECK(after("a=1; Path=/socket.io/") == "Cookie: a=1");
    CHECK(after("a=1; Path=socket") == "Cookie: a=1");
    CHECK(after("a=1; Path=/socket").empty());
    CHECK(after("a=1; Path=/socket.io/x").empty());
    CHECK(after("a=1; Secure").empty());
    CHECK(after("a=1; secure", url("https://chat.example/socket.io/")) == "Cookie: a=1");
    CHECK(after("a=1; secure; path=/", url("wss://chat.example/socket.io/")) == "Cookie: a=1");
}

TEST_CASE("cookie jar: hostile values are no cookies") {
    for (const char* const text : {"", "=", "=x", "name", ";", ";;;=;", "a b=1", "a\x01=1", "a=1\x01", "a=\x7f",
                                   "\r\nX: y=1", "a=1\r\nX: y", "a\"=1", "caf\xc3\xa9=1"}) {
        CAPTURE(text);
        CHECK(after(text).empty());
    }
    CHECK(after("  a  =  b c  ; = ; ;;=;Path") == "Cookie: a=b c");
}

TEST_CASE("cookie jar: its bounds are kept") {
    CookieJar jar(plain, {.cookies_max = 2, .bytes_max = 5});
    jar.take("a=1234", now);   // at the bound
    jar.take("b=12345", now);  // beyond
    CHECK(header(jar) == "Cookie: a=1234");
    jar.take("c=1", now);
    jar.take("d=1", now);
    CHECK(header(jar) == "Cookie: a=1234; c=1");
    jar.take("a=2", now);  // which makes no more of them
    CHECK(header(jar) == "Cookie: c=1; a=2");
    jar.take("c=1; Max-Age=0", now);
    jar.take("d=1", now);
    CHECK(header(jar) == "Cookie: a=2; d=1");
    jar.take("a=123456789", now);  // the old value is no longer what the server wants
    CHECK(header(jar) == "Cookie: d=1");
}

}  // namespace parley::client::test
