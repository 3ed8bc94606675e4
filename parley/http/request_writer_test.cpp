// SPDX-License-Identifier: MIT
#include "parley/http/request_writer.hpp"

#include <doctest/doctest.h>

namespace parley::http {

TEST_CASE("a program may send all headers but those that frame the message") {
    for (const std::string_view name : {"X", "Host", "authorization", "Cookie", "Content-Type", "Accept-Encoding"})
        CHECK(is_free_request_header(name));
    for (const std::string_view name :
         {"content-LENGTH", "Transfer-Encoding", "te", "Trailer", "Connection", "keep-alive", "Proxy-Connection",
          "Upgrade", "Expect", "", "a b", "a:", "a\r\nb", "\xc3\xa9"})
        CHECK_FALSE(is_free_request_header(name));
    CHECK(is_header_value("a\tb \xc3\xa9"));
    CHECK(is_header_value(""));
    for (const std::string_view value : {"a\r\nX: y", "a\nb", "\x7f", "\x01"})
        CHECK_FALSE(is_header_value(value));
    for (const std::string_view method : {"GET", "PURGE", "M-SEARCH"})
        CHECK(is_request_method(method));
    for (const std::string_view method : {"", "CONNECT", "G T", "GET\r\n", "GET / HTTP/1.1"})
        CHECK_FALSE(is_request_method(method));
}

TEST_CASE("a header is written without the white space around its value, and a user with a password in base64") {
    std::string text;
    append_header(text, "X", "  y\t");
    CHECK(text == "X: y\r\n");
    CHECK(basic_authorization({"Aladdin", "open sesame"}) == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

}  // namespace parley::http
