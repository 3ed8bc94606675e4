// SPDX-License-Identifier: MIT
#include "apps/chat/wording.hpp"

#include <doctest/doctest.h>

using namespace parley::chat;

TEST_CASE("names are trimmed, and their length counts characters") {
    CHECK(clean_name("  Ada   Lovelace ", 40) == "Ada Lovelace");
    CHECK(clean_name("Ada\u00A0\u2003Lovelace\u3000", 40) == "Ada Lovelace");
    CHECK(clean_name("Cléo 🦊", 6) == "Cléo 🦊");
    CHECK_FALSE(clean_name("Cléo 🦊", 5));
    CHECK_FALSE(clean_name("", 40));
    CHECK_FALSE(clean_name(" \t ", 40));
    CHECK(clean_name(std::string(40, 'x'), 40).has_value());
    CHECK_FALSE(clean_name(std::string(41, 'x'), 40));
}

TEST_CASE("names with control characters of any kind are refused") {
    CHECK_FALSE(clean_name("a\nb", 40));
    CHECK_FALSE(clean_name(std::string_view("a\0b", 3), 40));
    for (const char* name : {"a\x7f", "a\u0080", "a\u009Bb", "a\u009F", "a\u2028b", "a\u2029b"})
        CHECK_FALSE(clean_name(name, 40));
    CHECK(clean_name("a\u00A1", 40).has_value());
}

TEST_CASE("names lose what only steers the layout, and need something visible") {
    for (const char* mark : {"\u202A", "\u202E", "\u2066", "\u2069", "\u200E", "\u200F", "\u061C", "\uFEFF", "\u200B",
                             "\u2060", "\u3164", "\u115F", "\u1160", "\uFFA0", "\u00AD", "\u180E"}) {
        CHECK(clean_name(std::string("Ad") + mark + "a" + mark, 40) == "Ada");
        CHECK(clean_name(std::string("Ada ") + mark + " ", 40) == "Ada");
        CHECK_FALSE(clean_name(mark, 40));
    }
    for (const char* invisible : {"\u200D", "\u200C\u200D", "\uFE0F", "\u2800", "\u2003", "\U000E0041", "\u034F"})
        CHECK_FALSE(clean_name(invisible, 40));
}

TEST_CASE("a room has a name that an address can hold") {
    CHECK(clean_room_name(" tea  house ", 40) == "tea house");
    for (const char* name : {"...", ".a", "a/b", "%2e%2e", "?", "#", "tea:cup"})
        CHECK(clean_room_name(name, 40) == std::string(name));
    for (const char* name : {".", "..", " .. ", ".\u200E.", "", "a\nb"})
        CHECK_FALSE(clean_room_name(name, 40));
    CHECK_FALSE(clean_room_name(std::string(41, 'x'), 40));
}

TEST_CASE("names keep their emoji and every script") {
    for (const char* name :
         {"👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "שרה", "علی‌رضا",
          "श्रीमान् क्‍ष", "김철수", "李小龍", "Ελένη", "ไทย", "Ọláyínká", "🇳🇱 Jan"})
        CHECK(clean_name(name, 40) == std::string(name));
}

TEST_CASE("names compare without regard to capitals and to what joins invisibly") {
    CHECK(comparable_name("ADA Œster") == comparable_name("ada œSTER"));
    CHECK(comparable_name("Žofie Žižková") == comparable_name("žOFIE ŽIŽKOVÁ"));
    CHECK(comparable_name("ΕΛΈΝΗ") == comparable_name("ελένη"));
    CHECK(comparable_name("ЁЛКА Їжак") == comparable_name("ёлка їЖАК"));
    CHECK(comparable_name("Ada\u200D\uFE0F") == comparable_name("Ada"));
    CHECK(comparable_name("Ada") != comparable_name("Ada 2"));
    CHECK(comparable_name("×") != comparable_name("÷"));
    CHECK(comparable_name("🦊") != comparable_name("🦉"));
}

TEST_CASE("messages keep their lines and lose what cannot be shown") {
    CHECK(clean_text("\n one\r\ntwo\t! \n", 100) == "one\ntwo\t!");
    CHECK_FALSE(clean_text(" \n ", 100));
    CHECK_FALSE(clean_text("\u200B\u3164", 100));
    CHECK_FALSE(clean_text("a\x1b[31mb", 100));
    CHECK_FALSE(clean_text("a\u009B31mb", 100));
    CHECK(clean_text(std::string(2000, 'x'), 2000).has_value());
    CHECK_FALSE(clean_text(std::string(2001, 'x'), 2000));
    CHECK(clean_text("<b>&amp;</b>", 100) == "<b>&amp;</b>");
}

TEST_CASE("a key is visible ASCII, and travels as long as it is") {
    CHECK(is_usable_key("aB9+/=", 6));
    CHECK_FALSE(is_usable_key("aB9+/=", 5));
    for (const char* key : {"", "a b", "a\"", "a\\", "a\x01", "é"})
        CHECK_FALSE(is_usable_key(key, 64));
}

TEST_CASE("a line of a log has no control characters") {
    CHECK(printable("Cléo 🦊\r\n\x1b[31m\u0085") == "Cléo 🦊???[31m?");
    // A lead octet that takes an escape character with it is no UTF-8.
    CHECK(printable("a\xE0\x1b[31mb\xF1\x1b") == "a\uFFFD?[31mb\uFFFD?");
    CHECK(printable("\x9b") == "\uFFFD");
}
