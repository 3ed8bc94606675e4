// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include "parley/websocket/test_support.hpp"
#include "tests/support/every_cut.hpp"

namespace parley::websocket {
namespace {

using test::client_frame;
using test::client_text;
using test::Driver;
using test::Lines;

const std::string not_utf8_line = "closed 1007 protocol_error: text that is not UTF-8";

struct Text {
    std::string octets;
    bool is_valid;
};

const Text texts[] = {
    {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", true},          // κόσμε
    {std::string("\0", 1), true},                                    // NUL is a character
    {"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf", true},          // the ends of the ranges of each length
    {"\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbd\xf4\x8f\xbf\xbf", true},  // around the surrogates; the last character
    {"\xf0\x90\x80\x80", true},                                      // the first character of four octets
    {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80 ed", false},  // a surrogate
    {"\xf4\x90\x80\x80", false},                                             // beyond U+10FFFF
    {"\xf8\x88\x80\x80\x80", false},                                         // five octets
    {"\xc0\x80", false},                                                     // overlong forms
    {"\xe0\x80\x80", false},
    {"\xf0\x8f\xbf\xbf", false},
    {"\x80", false},          // a continuation alone
    {"a\xff", false},         // an octet that never occurs
    {"\xce\xba\xe1", false},  // ends within a character
    {"\xf0\x9f\x98", false},
};

TEST_CASE("text in one frame is UTF-8, however it is cut") {
    for (const Text& text : texts) {
        CAPTURE(text.octets);
        parley::test::for_every_cut(client_text(text.octets), [&](std::span<const std::string_view> pieces) {
            Driver driver;
            for (const std::string_view piece : pieces)
                driver.receive(piece);
            REQUIRE(driver.events == Lines{text.is_valid ? "text " + text.octets : not_utf8_line});
        });
    }
}

TEST_CASE("text is UTF-8 as a whole: characters may be cut by fragments at any place") {
    for (const Text& text : texts) {
        parley::test::for_every_cut(text.octets, [&](std::span<const std::string_view> pieces) {
            Driver driver;
            driver.receive(client_frame(0x01, ""));
            for (const std::string_view piece : pieces)
                driver.receive(client_frame(0x00, piece));
            driver.receive(client_frame(0x80, ""));
            REQUIRE(driver.events == Lines{text.is_valid ? "text " + text.octets : not_utf8_line});
        });
    }
}

TEST_CASE("bad text fails with its first bad octet, long before its frame ends") {
    Driver driver;
    driver.receive(test::client_header(0x81, 500'000) + test::masked("fine so far \xe0"));
    CHECK(driver.events.empty());
    driver.receive(test::masked(std::string(13, '\0') + "\x80").substr(13));
    CHECK(driver.events == Lines{not_utf8_line});
    CHECK(driver.sent() == test::server_close(1007));
}

TEST_CASE("bad text fails within its first fragment") {
    Driver driver;
    driver.receive(client_frame(0x01, "\xed\xa0"));
    CHECK(driver.events == Lines{not_utf8_line});
}

TEST_CASE("an ASCII piece does not finish a character that is open") {
    Driver driver;
    driver.receive(client_frame(0x01, "\xc3"));
    CHECK(driver.events.empty());
    driver.receive(client_frame(0x80, "plain"));
    CHECK(driver.events == Lines{not_utf8_line});
}

TEST_CASE("an ASCII piece inside a character fails at once, though the character's end follows") {
    Driver driver;
    driver.receive(client_frame(0x01, "\xc3") + client_frame(0x00, "plain"));
    CHECK(driver.events == Lines{not_utf8_line});
    Driver cut;
    const std::string frame = client_text("\xc3plain\xa4");
    cut.receive(frame.substr(0, 7)).receive(frame.substr(7));
    CHECK(cut.events == Lines{not_utf8_line});
}

TEST_CASE("a new message begins with a clean state of the validation") {
    Driver driver;
    driver.receive(client_frame(0x02, "\xc3") + client_frame(0x80, "\xff") + client_frame(0x01, "a") +
                   client_frame(0x80, "b"));
    CHECK(driver.events == Lines{"binary \xc3\xff", "text ab"});
}

TEST_CASE("large text that is not ASCII is checked in every length of the vector loop") {
    for (std::size_t size = 250; size < 330; ++size) {
        std::string text(size, 'x');
        text.replace(size / 2, 2, "\xc3\xa4");
        CHECK(Driver{}.receive(client_text(text)).events == Lines{"text " + text});
        text[size / 2 + 1] = 'y';
        CHECK(Driver{}.receive(client_text(text)).events == Lines{not_utf8_line});
    }
}

}  // namespace
}  // namespace parley::websocket
