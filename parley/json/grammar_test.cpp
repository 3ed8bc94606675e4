// SPDX-License-Identifier: MIT
//
// What is JSON and what is not: every way into a text must give the same answer.
#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <string>
#include <utility>

#include "parley/json.hpp"

using namespace parley;
using namespace std::string_literals;

namespace {

// All that RFC 8259 calls JSON, in the categories of the public conformance suites.
// clang-format off
const std::string accepted[] = {
    // structure
    "[]", "{}", "null", "true", "false", "0", "\"\"", " [] ", "\t\n\r [1]\r\n\t ", "[[]]", "[[],[]]",
    "[{},[],\"\",0,null]", "{\"a\":1}", "{\"\":0}", "{\"a\":{\"b\":{}}}", "{ \"a\" : 1 , \"b\" : 2 }",
    "[1,null,null,null,2]", "[ 1 , 2 ]", "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":1}", "[true]", "[false]", "[null]",
    "[[1]]", "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}", "{\"foo\\u0000bar\": 42}", "{\"a\\\"b\":[]}",
    "{\n\"a\": \"b\"\n}",
    // numbers
    "-0", "-1", "10", "1234567890", "-123456789012345678901234567890", "1.5", "-0.0", "0.0", "0e1", "0e+1", "0E-1",
    "1e5", "1E5", "1e+5", "1e-5", "1E-2", "123.456e78", "1.7976931348623157e308", "5e-324", "1e-400", "-1e-400",
    "0e999999999999", "0.0e99999", "1e00005", "1e-00005", "9007199254740993", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "18446744073709551615", "18446744073709551616", "0.1",
    "[123.456789]", "[1E22]", "[-123123]",
    "0.000000000000000000000000000000000000000000000000000000000000000000000000000001", "[4 ]", "1.0E+2",
    // strings
    "\"a\"", "\" \"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\u0041\\u00e9\\u20AC\"",
    "\"\\uD834\\uDD1E\"", "\"\\ud83d\\ude00\"", "\"\\uD800\"", "\"\\uDC00\"", "\"\\uDC00\\uD800\"",
    "\"\\uD800\\uD800\"", "\"\\uD800\\n\"", "\"\\uD800x\"", "\"\\uDBFF\\uDFFF\"", "\"\\uFFFF\"", "\"\\u2028\"",
    "\"\x7F\"", "\"é\"", "\"€\"", "\"😀\"", "\"\xE2\x80\xA8\xE2\x80\xA9\"", "\"\xEF\xBB\xBF\"", "\"\xEF\xBF\xBF\"",
    "\"\xF4\x8F\xBF\xBF\"", "\"a/*b*/c\"", "\"\\\\u0000\"", "\"\\\\\"", "\"new\\u00A0line\"", "[\"asd\" ]",
    "\"0123456789abcdef0123456789abcdef0123456789abcdef\"", "\"0123456789abcde\\n0123456789abcdef\"",
    "[\"\\uA66D\"]", "\"\\uD834\\u0000\"",
};

const std::string refused[] = {
    // structure
    "", " ", "[", "]", "{", "}", "[1", "[1,", "[,", "[,1]", "[1,]", "[1,,2]", "[1 2]", "[1]]", "[]]", "[[]", "[}",
    "[1}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\":1,,\"b\":2}", "{,\"a\":1}",
    "{\"a\",1}", "{\"a\" 1}", "{\"a\"}", "{\"a\":}", "{:1}", "{1:1}", "{a:1}", "{'a':1}", "{null:1}",
    "{\"a\":1 \"b\":2}", "{\"a\":1;\"b\":2}", "{\"a\":1}}", "{}}", "{\"a\"::1}", "{[]:1}", "{\"a\":1]", "[1:2]",
    "[\"a\":1]", "[] []", "1 2", "[]x", "{}x", "{}#", "[]/", "/**/[]", "[]/**/", "[1//\n]", "[1,\n1\n,1",
    "{\"a\":/*x*/1}", "<null>", "[<null>]", "*", "\\u0041", "a", "[a", "[\"x\"", "[\"a\"", "\xEF\xBB\xBF[]",
    "\xEF\xBB\xBF", "\xFF", "\xE9", "[\xE2\x80\x8B]", "[1\xC2\xA0]", "[\x0C]", "[\x0B]", "\x0C[]", "[1]\x00"s,
    "\x00"s, "[\x00]"s, "{\x00}"s, "[1,\x00 2]"s, "{\"a\":\"b\"}/**//", "{\"a\":true} \"x\"", "[undefined]",
    "[1,2,...]", "[new Date()]", "{\"x\", null}", "{\"x\"::\"b\"}", "#", "{ \"a\": 1 ]",
    // literals
    "nul", "nulll", "Null", "NULL", "tru", "truee", "True", "TRUE", "fals", "falsE", "n", "t", "f", "nan", "NaN",
    "[NaN]", "Infinity", "-Infinity", "[Inf]", "[-]", "[nul]", "[tru", "[fals]", "True", "[nulla]", "undefined",
    "nullnull", "true1",
    // numbers
    "-", "+1", "+", "++1", "--1", "- 1", "-a", "01", "-01", "00", "-00", "012", "1.", "-1.", ".1", "-.1", ".",
    "1.e1", ".e1", "1e", "1e+", "1e-", "1E", "1E+", "1e1.5", "1e1e1", "1ee1", "1e+-1", "1.1.1", "1..1", "0x1", "0x",
    "0X1", "1a", "1_000", "1,000", "1 000", "[1 000.0]", "[0.3e]", "[0.3e+]", "[0e]", "[0e+]", "[2.e3]", "[2.e+3]",
    "[9.e+]", "[-2.]", "[.2e-3]", "[0.e1]", "[1eE2]", "[1+2]", "[-foo]", "[1.8011670033376514H-308]", "\xEF\xBC\x91",
    "1e999", "-1e999", "1e309", "[1.7976931348623159e308]", "[1e400,1]", "{\"a\":-1e999}", "1e99999999999999999999",
    std::string(400, '9'),
    // strings
    "\"", "\"a", "\"\\\"", "\"\\", "\"\\a\"", "\"\\x41\"", "\"\\'\"", "\"\\0\"", "\"\\U0041\"", "\"\\u\"",
    "\"\\u0\"", "\"\\u004\"", "\"\\u004g\"", "\"\\u004", "\"\\u\\u0041\"", "\"\\u 041\"", "\"\\u+041\"",
    "\"\\uD800\\u\"", "\"\\uD800\\u1\"", "\"\\uD800\\u1x\"", "\"\\uD800\\", "\"\n\"", "\"\t\"", "\"\x1F\"",
    "\"\x00\""s, "\"a\x00z\""s, "\"0123456789abcdef\n\"", "'a'", "'", "a\"b\"", "\"a\"b", "\"a\"\"b\"", "[\"a\"b]",
    "[\"\\\\\\\"]", "\"\\\\\\\"", "\"\\ \"", "\"\\é\"", "\"\\u00A\"", "\"\\u0022", "[\"\\u00A\"]", "[\"\\🌀\"]",
    "[\"asd]", "[\"", "{\"", "{\"a", "{\"a\\", "{\"a\n\":1}", "{\"\\x\":1}", "\"\\uqqqq\"",
    // UTF-8
    "\"\x80\"", "\"\xBF\"", "\"\xC0\x80\"", "\"\xC1\xBF\"", "\"\xC2\"", "\"\xE2\x82\"", "\"\xED\xA0\x80\"",
    "\"\xED\xB0\x80\"", "\"\xE0\x9F\xBF\"", "\"\xF0\x8F\xBF\xBF\"", "\"\xF4\x90\x80\x80\"", "\"\xF5\x80\x80\x80\"",
    "\"\xFF\"", "\"\xFE\"", "\"xyz\xFFxyz\"", "{\"\xFF\":1}", "{\"a\":\"\xE9\"}",
    "\"0123456789abcdef0123456789\xE9 abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"", "[\"\xE9\\n\"]",
    "\xE9[]", "[1,\xE9]",
};
// clang-format on

bool typed_reader_accepts(const std::string& text) {
    JsonReader reader(text);
    return reader.skip_value() && reader.at_end();
}

bool raw_accepts(const std::string& text) {
    JsonReader reader(text);
    const std::string_view raw = reader.raw_value();
    return !reader.failed() && !raw.empty() && reader.at_end();
}

}  // namespace

TEST_CASE("what the grammar allows is read, whichever way one looks at it") {
    for (const std::string& text : accepted) {
        CAPTURE(text);
        const Result<Json> value = parse_json(text);
        CHECK_MESSAGE(value.has_value(), (value ? std::string() : value.error().message));
        CHECK(validate_json(text).has_value());
        CHECK(validate_json(text, {}, 0).has_value());
        CHECK(typed_reader_accepts(text));
        CHECK(raw_accepts(text));
    }
}

TEST_CASE("what the grammar does not allow is refused, whichever way one looks at it") {
    for (const std::string& text : refused) {
        CAPTURE(text);
        const Result<Json> value = parse_json(text);
        REQUIRE_FALSE(value.has_value());
        CHECK(value.error().code == ErrorCode::invalid_input);
        CHECK_FALSE(validate_json(text).has_value());
        CHECK_FALSE(validate_json(text, {}, 0).has_value());
        CHECK_FALSE(typed_reader_accepts(text));
        CHECK_FALSE(raw_accepts(text));
        // Nothing in a string may be wrong unseen because nobody wanted it.
        CHECK_FALSE(validate_json("{\"unused\":" + text + "}").has_value());
    }
}

TEST_CASE("every proper beginning of a text is refused") {
    const std::string text = R"({"a":[1,-2.5e3,"x\u00e9\n",true,false,null,{}],"b":{"c":[]}})";
    REQUIRE(parse_json(text).has_value());
    for (std::size_t size = 0; size < text.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(parse_json(text.substr(0, size)).has_value());
        CHECK_FALSE(validate_json(text.substr(0, size)).has_value());
    }
}

TEST_CASE("an error says what is wrong and where") {
    CHECK(parse_json("[1,]").error().message == "JSON: not a value at octet 3");
    CHECK(parse_json("[1").error().message == "JSON: the text ends too early at octet 2");
    CHECK(parse_json("[] x").error().message == "JSON: something follows the value at octet 3");
    CHECK(parse_json("{\"a\" 1}").error().message == "JSON: a colon is missing at octet 5");
    CHECK(parse_json("[1e999]").error().message == "JSON: the number is too large at octet 1");
}

TEST_CASE("numbers keep their value: 64-bit integers exactly, all else as the nearest double") {
    struct Expected {
        const char* text;
        Json value;
        Json::Type type;
    };
    using enum Json::Type;
    const Expected numbers[] = {
        {"0", 0, int64},
        {"-0", -0.0, float64},
        {"-1", -1, int64},
        {"9007199254740993", 9007199254740993, int64},
        {"9223372036854775807", INT64_MAX, int64},
        {"9223372036854775808", std::uint64_t{9223372036854775808U}, uint64},
        {"18446744073709551615", UINT64_MAX, uint64},
        {"18446744073709551616", 18446744073709551616.0, float64},
        {"-9223372036854775808", INT64_MIN, int64},
        {"-9223372036854775809", -9223372036854775808.0, float64},
        {"1.0", 1.0, float64},
        {"1e2", 100.0, float64},
        {"0.1", 0.1, float64},
        {"-123.456e-2", -1.23456, float64},
        {"1.7976931348623157e308", 1.7976931348623157e308, float64},
        {"2.2250738585072014e-308", 2.2250738585072014e-308, float64},
        {"5e-324", 5e-324, float64},
        {"2e-324", 0.0, float64},
        {"1e-999999999999", 0.0, float64},
        {"0e999999999999", 0.0, float64},
        {"1e15", 1e15, float64},
        {"9007199254740993.0", 9007199254740993, int64},
        {"9007199254740993.5", 9007199254740994.0, float64},
        {"99001852701852759e1", 990018527018527590, int64},
        {"-99001852701852759e1", -990018527018527590, int64},
        {"0.990018527018527590e18", 990018527018527590, int64},
        {"1e19", std::uint64_t{10'000'000'000'000'000'000U}, uint64},
        {"-1e19", -1e19, float64},
        {"1.8446744073709551615e19", UINT64_MAX, uint64},
        {"1.8446744073709551616e19", 18446744073709551616.0, float64},
        {"-9.223372036854775808e18", INT64_MIN, int64},
        {"-9.223372036854775809e18", -9223372036854775808.0, float64},
        {"9223372036854775807.0000000000000000000000000", INT64_MAX, int64},
        {"9223372036854775807.0000000000000000000000001", 9223372036854775808.0, float64},
        {"123456789012345678901234567890", 123456789012345678901234567890.0, float64},
        {"0.30000000000000004", 0.1 + 0.2, float64},
        {"7.0420557077594588669468784357561207962098443483187940792729600000e+59", 7.0420557077594588669e+59, float64},
        {"1e23", 1e23, float64},
        {"8.5e-23", 8.5e-23, float64},
    };
    for (const Expected& expected : numbers) {
        CAPTURE(expected.text);
        const Result<Json> value = parse_json(expected.text);
        REQUIRE(value.has_value());
        CHECK(value->type() == expected.type);
        CHECK(*value == expected.value);
    }
    CHECK(std::signbit(*parse_json("-0")->as_double()));
    CHECK(std::signbit(*parse_json("-1e-999")->as_double()));
    CHECK(parse_json("0." + std::string(400, '0') + "1e401") == Json(1.0));
    CHECK(parse_json("1" + std::string(400, '0') + "e-400") == Json(1.0));
    CHECK(parse_json("9007199254740993" + std::string(400, '0') + "e-400") == Json(9007199254740993));
}

TEST_CASE("a number that was read and written reads back as the same value") {
    std::mt19937_64 random(11);
    const auto check = [](const std::string& text) {
        const Result<Json> value = parse_json(text);
        REQUIRE(value.has_value());
        const std::string written = to_json(*value);
        CAPTURE(text);
        CAPTURE(written);
        REQUIRE(parse_json(written) == *value);
    };
    for (int round = 0; round < 50'000; ++round) {
        std::string digits = std::to_string(random() >> (random() % 64));
        if (random() % 2 == 0) digits.insert(random() % digits.size() + 1, ".").append(std::to_string(random() % 100));
        if (random() % 2 == 0) digits.append("e").append(std::to_string(static_cast<int>(random() % 60) - 30));
        check(digits);
        check("-" + digits);
    }
}

TEST_CASE("strings are what their escapes stand for, and lone surrogates become replacement characters") {
    const std::pair<const char*, std::string> strings[] = {
        {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
        {R"("a\u0000b")", "a\0b"s},
        {R"("\u00e9\u20AC")", "é€"},
        {R"("\uD83D\uDE00")", "😀"},
        {R"("\uDBFF\uDFFF")", "\xF4\x8F\xBF\xBF"},
        {R"("\uD800")", "\xEF\xBF\xBD"},
        {R"("\uDC00x")", "\xEF\xBF\xBDx"},
        {R"("\uD800\uD83D\uDE00")", "\xEF\xBF\xBD😀"},
        {R"("\uD800\u0041")",
         "\xEF\xBF\xBD"
         "A"},
        {R"("\uD800A12345")",
         "\xEF\xBF\xBD"
         "A12345"},
        {R"("\\u0041")", "\\u0041"},
        {R"("é😀")", "é😀"},
    };
    for (const auto& [text, expected] : strings) {
        CAPTURE(text);
        CHECK(parse_json(text) == Json(expected));
        CHECK(parse_json<std::string>(text) == expected);
    }
}

TEST_CASE("of duplicate keys the last wins and the first keeps its place") {
    CHECK(to_json(*parse_json(R"({"a":1,"b":2,"a":3})")) == R"({"a":3,"b":2})");
    CHECK(to_json(*parse_json(R"({"a":1,"a":{"x":[]},"a":null})")) == R"({"a":null})");
    CHECK(to_json(*parse_json(R"({"a":1,"\u0061":2})")) == R"({"a":2})");
    // More members than are compared pairwise.
    for (const int distinct : {15, 16, 17, 40}) {
        std::string text = "{";
        std::string expected = "{";
        for (int round = 0; round < 3; ++round) {
            for (int i = 0; i < distinct; ++i) {
                text += "\"key" + std::to_string(i * 7 % distinct) + "\":" + std::to_string(round * 100 + i) + ",";
            }
        }
        for (int i = 0; i < distinct; ++i) {
            expected += "\"key" + std::to_string(i * 7 % distinct) + "\":" + std::to_string(200 + i) + ",";
        }
        text.back() = '}';
        expected.back() = '}';
        CHECK(to_json(*parse_json(text)) == expected);
    }
}

TEST_CASE("duplicates that stand between many other members leave no gap") {
    std::string text = "{\"first\":0,";
    std::string expected = "{\"first\":1,";
    for (int i = 0; i < 30; ++i) {
        const std::string member = "\"key" + std::to_string(i) + "\":\"" + std::string(20, 'v') + "\",";
        text += member + (i % 3 == 0 ? "\"first\":1," : "");
        expected += member;
    }
    text.back() = '}';
    expected.back() = '}';
    CHECK(to_json(*parse_json(text)) == expected);
}

TEST_CASE("depth 128 is read and 129 is refused, and the limit can be moved up to 1,024") {
    const auto nested = [](std::size_t depth, const std::string& open, const std::string& close) {
        std::string text;
        for (std::size_t i = 0; i < depth; ++i)
            text += open;
        text += "1";
        for (std::size_t i = 0; i < depth; ++i)
            text += close;
        return text;
    };
    const std::pair<std::string, std::string> kinds[] = {{"[", "]"}, {"{\"a\":", "}"}};
    for (const auto& [open, close] : kinds) {
        for (const std::size_t limit : {1, 2, 127, 128, 129, 1024}) {
            for (const std::size_t depth : {limit - 1, limit, limit + 1}) {
                CAPTURE(limit);
                CAPTURE(depth);
                const std::string text = nested(depth, open, close);
                const JsonLimits limits{.depth_max = limit};
                const bool fits = depth <= limit;
                CHECK(parse_json(text, limits).has_value() == fits);
                CHECK(validate_json(text, limits).has_value() == fits);
                CHECK(validate_json(text, limits, 3).has_value() == fits);
                if (fits) {
                    CHECK(to_json(*parse_json(text, limits)) == text);
                } else {
                    CHECK(parse_json(text, limits).error().code == ErrorCode::limit_exceeded);
                }
            }
        }
        CHECK(parse_json(nested(128, open, close)).has_value());
        CHECK_FALSE(parse_json(nested(129, open, close)).has_value());
        CHECK_FALSE(parse_json(nested(1025, open, close), {.depth_max = 100'000}).has_value());
    }
    CHECK(parse_json("1", {.depth_max = 0}).has_value());
    CHECK_FALSE(parse_json("[]", {.depth_max = 0}).has_value());
}
