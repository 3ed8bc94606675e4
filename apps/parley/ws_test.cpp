// SPDX-License-Identifier: MIT
#include "apps/parley/ws.hpp"

#include <doctest/doctest.h>

#include <string>

using parley::shown;
using parley::shown_close;

TEST_CASE("a message is shown without anything that steers a terminal") {
    CHECK(shown({.data = "a\x1b[2Jb", .is_binary = false}) == "a?[2Jb");
    CHECK(shown({.data = "abc", .is_binary = true}) == "(3 octets) abc");
    CHECK(shown({.data = std::string_view("\x00\xE0\x1b[", 4), .is_binary = true}) == "(4 octets) 00 e0 1b 5b");
    CHECK(shown({.data = "", .is_binary = true}) == "(0 octets) ");
}

TEST_CASE("of octets that are no text the beginning is shown") {
    for (const std::size_t size : {63U, 64U, 65U}) {
        const std::string octets(size, '\xFF');
        const std::string line = shown({.data = octets, .is_binary = true});
        CHECK(line.ends_with(" ...") == (size > 64));
        CHECK(line.contains("ff ff"));
    }
}

TEST_CASE("a code is explained, and the reason made printable") {
    CHECK(shown_close(1000, "") == "1000 (done)");
    CHECK(shown_close(1006, "") == "1006 (without a goodbye)");
    CHECK(shown_close(3001, "so\x1b long") == "3001 so? long");
}
