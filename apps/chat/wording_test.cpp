// SPDX-License-Identifier: MIT
#include "apps/chat/wording.hpp"

#include <doctest/doctest.h>

using namespace parley::chat;

TEST_CASE("names are trimmed, and their length counts characters") {
    CHECK(clean_name("  Ada   Lovelace ", 40) == "Ada Lovelace");
    CHECK(clean_name("Cléo 🦊", 6) == "Cléo 🦊");
    CHECK_FALSE(clean_name("Cléo 🦊", 5));
    CHECK_FALSE(clean_name("", 40));
    CHECK_FALSE(clean_name(" \t ", 40));
    CHECK_FALSE(clean_name("a\nb", 40));
    CHECK_FALSE(clean_name(std::string_view("a\0b", 3), 40));
    CHECK(clean_name(std::string(40, 'x'), 40).has_value());
    CHECK_FALSE(clean_name(std::string(41, 'x'), 40));
}

TEST_CASE("messages keep their lines and lose what cannot be shown") {
    CHECK(clean_text("\n one\r\ntwo\t! \n", 100) == "one\ntwo\t!");
    CHECK_FALSE(clean_text(" \n ", 100));
    CHECK_FALSE(clean_text("a\x1b[31mb", 100));
    CHECK(clean_text(std::string(2000, 'x'), 2000).has_value());
    CHECK_FALSE(clean_text(std::string(2001, 'x'), 2000));
    CHECK(clean_text("<b>&amp;</b>", 100) == "<b>&amp;</b>");
}
