// SPDX-License-Identifier: MIT
#include "parley/base/text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;

TEST_CASE("letters compare without case, all other octets exactly") {
    CHECK(equals_ignoring_case("Keep-Alive", "kEEP-aLIVE"));
    CHECK(equals_ignoring_case("", ""));
    CHECK_FALSE(equals_ignoring_case("a", "ab"));
    CHECK_FALSE(equals_ignoring_case("[", "{"));
    CHECK_FALSE(equals_ignoring_case("@", "`"));
    CHECK_FALSE(equals_ignoring_case("\xC3\x84", "\xC3\xA4"));
}

TEST_CASE("only spaces and tabs are trimmed") {
    CHECK(trim_ows(" \t a b\t ") == "a b");
    CHECK(trim_ows(" \t ") == "");
    CHECK(trim_ows("\na\r") == "\na\r");
}

TEST_CASE("fields are taken off the front one by one") {
    std::string_view rest = "a,,b";
    CHECK(take_until(rest, ',') == "a");
    CHECK(take_until(rest, ',') == "");
    CHECK(take_until(rest, ',') == "b");
    CHECK(rest.empty());
    CHECK(take_until(rest, ',') == "");
}

TEST_CASE("a comma-separated list gives its items, without empty ones, until the visitor says stop") {
    std::vector<std::string_view> items;
    for_each_list_item(" a ,, b\t,c d,", [&](std::string_view item) { items.push_back(item); });
    CHECK(items == std::vector<std::string_view>{"a", "b", "c d"});
    int seen = 0;
    for_each_list_item("a,b,c", [&](std::string_view) { return ++seen < 2; });
    CHECK(seen == 2);
}

TEST_CASE("a decimal number is digits only and fits 64 bits") {
    CHECK(parse_decimal("0") == 0);
    CHECK(parse_decimal("007") == 7);
    CHECK(parse_decimal("18446744073709551615") == UINT64_MAX);
    for (const char* bad :
         {"", "+1", "-1", " 1", "1 ", "0x1", "1.0", "1e3", "a", "18446744073709551616", "99999999999999999999999999"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_decimal(bad).has_value());
    }
}

TEST_CASE("numbers are appended in decimal") {
    std::string out = "n=";
    append_decimal(out, 0);
    append_decimal(out, UINT64_MAX);
    CHECK(out == "n=018446744073709551615");
}

TEST_CASE("hexadecimal digits of both cases have values") {
    CHECK(hex_value('0') == 0);
    CHECK(hex_value('9') == 9);
    CHECK(hex_value('a') == 10);
    CHECK(hex_value('F') == 15);
    for (const char bad : {'g', 'G', '/', ':', '@', '`', '\0', '\xFF'})
        CHECK(hex_value(bad) == -1);
}
