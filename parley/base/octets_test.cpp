// SPDX-License-Identifier: MIT
#include "parley/base/octets.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "parley/base/bytes.hpp"

using namespace parley;
using namespace std::string_view_literals;

namespace {

std::string_view text(TextView given) {
    return given;
}

std::string_view octets(OctetsView given) {
    return as_chars(given);
}

}  // namespace

TEST_CASE("a literal ends before its terminator and keeps its zeros, as text and as octets") {
    CHECK(text("") == "");
    CHECK(text("a\0b") == "a\0b"sv);
    CHECK(octets("") == "");
    CHECK(octets("\0\1\2") == "\0\1\2"sv);
    CHECK(octets("\0") == "\0"sv);
    CHECK(to_bytes("\x00\x01").size() == 2);
    CHECK(as_bytes("\x00\x01").size() == 2);
    const char without_end[3] = {'a', 'b', 'c'};
    CHECK(text(without_end) == "abc");
    CHECK(octets(without_end) == "abc");
}

TEST_CASE("a buffer of characters is text up to its first zero, and never more than all of it") {
    char full[4] = {'a', 'b', 'c', 'd'};
    CHECK(text(full) == "abcd");
    CHECK(octets(full) == "abcd");

    char numbers[5] = {0, 1, 2, 3, 4};
    CHECK(text(numbers) == "");
    CHECK(octets(numbers) == "\0\1\2\3\4"sv);

    char printed[16];
    CHECK(std::snprintf(printed, sizeof printed, "%d%%", 42) == 3);
    CHECK(text(printed) == "42%");
    CHECK(octets(printed).size() == 16);
}

TEST_CASE("an array, a vector or a span of octets is all of its octets") {
    unsigned char plain[5] = {0, 1, 2, 3, 4};
    const unsigned char constant[2] = {1, 0};
    std::byte bytes[3] = {};
    CHECK(octets(plain) == "\0\1\2\3\4"sv);
    CHECK(octets(constant) == "\1\0"sv);
    CHECK(octets(bytes).size() == 3);
    CHECK(octets(std::array<char, 4>{'a', 0, 0, 0}) == "a\0\0\0"sv);
    CHECK(octets(std::array<std::uint8_t, 2>{7, 0}) == "\7\0"sv);
    CHECK(octets(std::array<std::byte, 2>{}).size() == 2);
    CHECK(octets(std::vector<std::uint8_t>{0, 9}) == "\0\x09"sv);
    CHECK(octets(std::vector<char>{'a', 0}) == "a\0"sv);
    const signed char with_sign[2] = {-1, 0};
    CHECK(octets(with_sign) == "\xFF\0"sv);
    CHECK(octets(std::vector<std::int8_t>{-128, 9}) == "\x80\x09"sv);
    CHECK(octets(std::array<std::int8_t, 1>{-1}) == "\xFF");
    CHECK(octets(std::span<const std::int8_t>(with_sign)).size() == 2);
    CHECK(octets(std::span<const char>(std::array<char, 2>{'x', 'y'})) == "xy");
    CHECK(octets(Bytes(2)).size() == 2);
    CHECK(octets(BytesView(bytes)).size() == 3);
    CHECK(octets({plain, 2}) == "\0\1"sv);
}

TEST_CASE("strings and views are whole, pointers end at their zero, and a null pointer is empty") {
    const std::string string("a\0b", 3);
    char changing[] = "ab\0c";
    char* pointer = changing;
    const char* null = nullptr;
    CHECK(text(string) == string);
    CHECK(octets(string) == string);
    CHECK(text("ab"sv) == "ab");
    CHECK(text(pointer) == "ab");
    CHECK(octets(pointer) == "ab");
    CHECK(text({pointer, 4}) == "ab\0c"sv);
    CHECK(text(null) == "");
    CHECK(octets(null) == "");
    CHECK(text(std::getenv("PARLEY_A_NAME_THAT_NOBODY_SETS")) == "");
    CHECK(text({}) == "");
}
