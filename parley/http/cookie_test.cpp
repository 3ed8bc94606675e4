// SPDX-License-Identifier: MIT
#include "parley/http/cookie.hpp"

#include <doctest/doctest.h>

namespace parley::http {

TEST_CASE("a cookie is written with its attributes") {
    CHECK(serialize_cookie(
              {.name = "io", .value = "a-b_C", .path = "/", .http_only = true, .same_site = SameSite::lax}) ==
          "io=a-b_C; Path=/; HttpOnly; SameSite=Lax");
    CHECK(serialize_cookie({.name = "n",
                            .value = "x; y=\xc3\xa9",
                            .domain = "example.org",
                            .max_age = std::chrono::hours(1),
                            .expires = std::chrono::sys_seconds(std::chrono::seconds(784'111'777)),
                            .secure = true,
                            .partitioned = true,
                            .same_site = SameSite::none}) ==
          "n=x%3B%20y%3D%C3%A9; Max-Age=3600; Domain=example.org; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Secure; "
          "Partitioned; SameSite=None");
    CHECK(serialize_cookie(
              {.name = "n", .value = "", .max_age = std::chrono::seconds(-1), .same_site = SameSite::strict}) ==
          "n=; Max-Age=-1; SameSite=Strict");
}

TEST_CASE("a cookie that would become another header or attribute is refused") {
    for (const char* name : {"", "a b", "a=b", "a;b", "a\r\nb", "\xc3\xa9"})
        CHECK_FALSE(serialize_cookie({.name = name, .value = "x"}));
    for (const char* part : {"/;Secure", "/\r\nX: y", "/,a", "/\t"}) {
        CHECK_FALSE(serialize_cookie({.name = "a", .value = "x", .path = part}));
        CHECK_FALSE(serialize_cookie({.name = "a", .value = "x", .domain = part}));
    }
}

TEST_CASE("a cookie is found among others") {
    constexpr std::string_view cookies = "a=1; io=\"quoted\" ;b=x=y;; flag; io=second; c=";
    CHECK(find_cookie(cookies, "a") == "1");
    CHECK(find_cookie(cookies, "io") == "quoted");
    CHECK(find_cookie(cookies, "b") == "x=y");
    CHECK(find_cookie(cookies, "c") == "");
    CHECK_FALSE(find_cookie(cookies, "flag"));
    CHECK_FALSE(find_cookie(cookies, "A"));
    CHECK_FALSE(find_cookie("", "a"));
    CHECK_FALSE(find_cookie(";;;", "a"));
}

}  // namespace parley::http
