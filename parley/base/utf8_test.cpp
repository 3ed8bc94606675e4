// SPDX-License-Identifier: MIT
#include "parley/base/utf8.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "tests/support/every_cut.hpp"

using namespace std::string_literals;

namespace {

struct Vector {
    std::string text;
    bool valid;
};

// Unicode, tables 3-7 and 3-8, and the borders of every range.
const Vector vectors[] = {
    {"", true},
    {"plain", true},
    {"\x00\x7F"s, true},
    {"\xC2\x80", true},
    {"\xDF\xBF", true},
    {"\xE0\xA0\x80", true},
    {"\xED\x9F\xBF", true},
    {"\xEE\x80\x80", true},
    {"\xEF\xBF\xBF", true},
    {"\xF0\x90\x80\x80", true},
    {"\xF4\x8F\xBF\xBF", true},
    {"κόσμε", true},
    {"ab\xF0\x9F\x98\x80"
     "cd",
     true},
    {"\x80", false},
    {"\xBF", false},
    {"\xC0\x80", false},  // overlong
    {"\xC1\xBF", false},  // overlong
    {"\xC2", false},      // cut
    {"\xC2"
     "a",
     false},
    {"\xE0\x9F\xBF", false},  // overlong
    {"\xE0\x80\x80", false},
    {"\xED\xA0\x80", false},  // surrogate
    {"\xED\xBF\xBF", false},
    {"\xE2\x82", false},
    {"\xF0\x8F\xBF\xBF", false},  // overlong
    {"\xF4\x90\x80\x80", false},  // above U+10FFFF
    {"\xF5\x80\x80\x80", false},
    {"\xF0\x9F\x98", false},
    {"\xF0\x9F\x98"
     "a",
     false},
    {"\xFE", false},
    {"\xFF", false},
    {"good \xCE\xBA then \xED\xA0\x80 bad", false},
    {"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5\xED\xA0\x80"
     "edited",
     false},
};

// A straightforward decoder to compare with: decodes, then looks whether the code point may be written so.
bool valid_by_decoding(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto octet = static_cast<unsigned char>(text[at]);
        const std::size_t size = octet < 0x80       ? 1
                                 : octet >> 5 == 6  ? 2
                                 : octet >> 4 == 14 ? 3
                                 : octet >> 3 == 30 ? 4
                                                    : 0;
        if (size == 0 || at + size > text.size()) return false;
        char32_t code_point = size == 1 ? octet : octet & (0xFF >> (size + 1));
        for (std::size_t i = 1; i < size; ++i) {
            const auto next = static_cast<unsigned char>(text[at + i]);
            if (next >> 6 != 2) return false;
            code_point = code_point << 6 | (next & 0x3F);
        }
        std::string shortest;
        parley::append_utf8(shortest, code_point);
        if (shortest != text.substr(at, size)) return false;
        at += size;
    }
    return true;
}

std::string random_text(std::mt19937_64& random) {
    // Mostly octets around the borders of the ranges, so that good and bad sequences are both common.
    static constexpr unsigned char octets[] = {'a',  0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2,
                                               0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF};
    std::string text;
    const std::size_t size = random() % 7;
    for (std::size_t i = 0; i < size; ++i)
        text.push_back(static_cast<char>(octets[random() % std::size(octets)]));
    return text;
}

}  // namespace

TEST_CASE("UTF-8 is valid exactly where the Unicode tables say so, at any length and place") {
    for (const Vector& vector : vectors) {
        CAPTURE(vector.text);
        for (const std::size_t before : {0, 1, 15, 60, 200}) {
            for (const std::size_t after : {0, 1, 100}) {
                const std::string text = std::string(before, 'x') + vector.text + std::string(after, 'y');
                CHECK(parley::is_valid_utf8(text) == vector.valid);
            }
        }
    }
}

TEST_CASE("the incremental validator agrees with the whole-text one, however the text is cut") {
    for (const Vector& vector : vectors) {
        CAPTURE(vector.text);
        parley::test::for_every_cut(vector.text, [&](std::span<const std::string_view> pieces) {
            parley::Utf8Validator validator;
            bool good = true;
            for (const std::string_view piece : pieces)
                good = validator.receive(piece) && good;
            CHECK((good && validator.complete()) == vector.valid);
        });
    }
}

TEST_CASE("the incremental validator fails at the octet that cannot be continued, and stays failed") {
    parley::Utf8Validator validator;
    CHECK(validator.receive("\xED"));
    CHECK_FALSE(validator.complete());
    CHECK_FALSE(validator.receive("\xA0"));
    CHECK_FALSE(validator.receive("plain"));
    CHECK_FALSE(validator.complete());
    validator.reset();
    CHECK(validator.receive("plain"));
    CHECK(validator.complete());
}

TEST_CASE("random octets: whole, in pieces and by decoding give the same answer") {
    std::mt19937_64 random(1);
    for (int round = 0; round < 100'000; ++round) {
        std::string text = random_text(random);
        const bool valid = valid_by_decoding(text);
        REQUIRE(parley::is_valid_utf8(text) == valid);
        REQUIRE(parley::is_valid_utf8(std::string(64, '.') + text) == valid);
        parley::Utf8Validator validator;
        const std::size_t cut = text.empty() ? 0 : random() % text.size();
        const bool good = validator.receive(text.substr(0, cut)) && validator.receive(text.substr(cut));
        REQUIRE((good && validator.complete()) == valid);
        std::string mended;
        parley::append_valid_utf8(mended, text);
        REQUIRE(parley::is_valid_utf8(mended));
        REQUIRE((mended == text) == valid);
    }
}

TEST_CASE("ASCII is recognised to the last octet") {
    for (std::size_t size = 0; size < 40; ++size) {
        std::string text(size, '\x7F');
        CHECK(parley::is_ascii(text));
        for (std::size_t at = 0; at < size; ++at) {
            text[at] = '\x80';
            CHECK_FALSE(parley::is_ascii(text));
            text[at] = 'a';
        }
    }
}

TEST_CASE("a code point is written in its shortest form, and what is no scalar value as U+FFFD") {
    const auto written = [](char32_t code_point) {
        std::string out;
        parley::append_utf8(out, code_point);
        return out;
    };
    CHECK(written(0) == "\0"s);
    CHECK(written(0x7F) == "\x7F");
    CHECK(written(0x80) == "\xC2\x80");
    CHECK(written(0x7FF) == "\xDF\xBF");
    CHECK(written(0x800) == "\xE0\xA0\x80");
    CHECK(written(0xFFFF) == "\xEF\xBF\xBF");
    CHECK(written(0x10000) == "\xF0\x90\x80\x80");
    CHECK(written(0x10FFFF) == "\xF4\x8F\xBF\xBF");
    for (const char32_t bad : {0xD800, 0xDFFF, 0x110000})
        CHECK(written(bad) == "\xEF\xBF\xBD");
}

TEST_CASE("each maximal ill-formed part becomes one replacement character, as browsers decode") {
    const auto mended = [](std::string_view text) {
        std::string out;
        parley::append_valid_utf8(out, text);
        return out;
    };
    const std::string bad = "\xEF\xBF\xBD";
    CHECK(mended("fine κ") == "fine κ");
    CHECK(mended("a\xFF"
                 "b") == "a" + bad + "b");
    CHECK(mended("\xE2\x82") == bad);  // one cut character: one
    CHECK(mended("\xE2\x82"
                 "a") == bad + "a");
    CHECK(mended("\xED\xA0\x80") == bad + bad + bad);  // a surrogate: its octets do not belong together
    CHECK(mended("\xF0\x9F\x98\xF0\x9F\x98\x80") == bad + "\xF0\x9F\x98\x80");
    CHECK(mended("\xC0\xAF") == bad + bad);
}
