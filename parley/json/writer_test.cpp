// SPDX-License-Identifier: MIT
#include "parley/json/writer.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "parley/json.hpp"

using namespace parley;
using namespace std::string_literals;

TEST_CASE("commas stand between items and nowhere else") {
    std::string out = "42";
    JsonWriter writer(out);
    writer.begin_array();
    writer.value("event");
    writer.begin_object();
    writer.end_object();
    writer.begin_object();
    writer.key("a").value(1);
    writer.key("b").begin_array();
    writer.begin_array();
    writer.end_array();
    writer.null();
    writer.end_array();
    writer.key("c").raw("[1,2]");
    writer.end_object();
    writer.value(true);
    writer.raw("{}");
    writer.end_array();
    CHECK(out == R"(42["event",{},{"a":1,"b":[[],null],"c":[1,2]},true,{}])");
}

TEST_CASE("strings are escaped as JSON.stringify does") {
    const auto quoted = [](std::string_view text) { return to_json(Json(text)); };
    CHECK(quoted("\"\\/\b\f\n\r\t") == R"("\"\\/\b\f\n\r\t")");
    CHECK(quoted("\0\x01\x0B\x1F\x7F"s) == "\"\\u0000\\u0001\\u000b\\u001f\x7F\"");
    CHECK(quoted("é😀\xE2\x80\xA8</script>") == "\"é😀\xE2\x80\xA8</script>\"");
    CHECK(quoted("a\xFF"
                 "b") ==
          "\"a\xEF\xBF\xBD"
          "b\"");
    CHECK(quoted("0123456789abcdef\n0123456789abcdef\xE9") == "\"0123456789abcdef\\n0123456789abcdef\xEF\xBF\xBD\"");
    CHECK(to_json(Json::object({{"k\"\n\xFF", 1}})) == "{\"k\\\"\\n\xEF\xBF\xBD\":1}");
}

// What Node.js 20 prints for the same numbers.
TEST_CASE("numbers are laid out as JavaScript does") {
    const std::pair<double, const char*> numbers[] = {
        {0.0, "0"},
        {-0.0, "0"},
        {1.0, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {1e20, "100000000000000000000"},
        {1e21, "1e+21"},
        {-1.5e21, "-1.5e+21"},
        {123456789012345680000.0, "123456789012345680000"},
        {1e-6, "0.000001"},
        {1.5e-6, "0.0000015"},
        {1e-7, "1e-7"},
        {-1.25e-7, "-1.25e-7"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {0.1 + 0.2, "0.30000000000000004"},
        {9007199254740991.0, "9007199254740991"},
        {9007199254740992.0, "9007199254740992"},
        {9007199254740994.0, "9007199254740994"},
        {18446744073709551616.0, "18446744073709552000"},
        {-9223372036854777856.0, "-9223372036854778000"},
        {1234.5678, "1234.5678"},
        {1e100, "1e+100"},
        {123e-20, "1.23e-18"},
        {std::numeric_limits<double>::quiet_NaN(), "null"},
        {std::numeric_limits<double>::infinity(), "null"},
        {-std::numeric_limits<double>::infinity(), "null"},
    };
    for (const auto& [number, text] : numbers)
        CHECK(to_json(Json(number)) == text);
    CHECK(to_json(Json(INT64_MIN)) == "-9223372036854775808");
    CHECK(to_json(Json(UINT64_MAX)) == "18446744073709551615");
    CHECK(to_json(1.5F) == "1.5");
}

// JavaScript stops at 17 digits; whoever holds 64 bits would read another number.
TEST_CASE("a double that is a whole number of 64 bits is written to its last digit") {
    CHECK(to_json(Json(990018527018527616.0)) == "990018527018527616");
    CHECK(to_json(Json(-990018527018527616.0)) == "-990018527018527616");
    CHECK(to_json(Json(-0x1p63)) == "-9223372036854775808");
    CHECK(to_json(Json(18446744073709549568.0)) == "18446744073709549568");
}

TEST_CASE("any double that is written reads back as the same double") {
    std::mt19937_64 random(4);
    for (int round = 0; round < 100'000; ++round) {
        const std::uint64_t bits = random();
        double number = 0;
        std::memcpy(&number, &bits, sizeof number);
        if (number != number || number - number != 0) continue;
        const auto read = parse_json<double>(to_json(Json(number)));
        REQUIRE(read.has_value());
        REQUIRE(*read == number);
        REQUIRE(parse_json(to_json(Json(number))) == Json(number));
    }
}

TEST_CASE("binary goes beside the text where there is a list for it, else as Node.js writes a Buffer") {
    const Bytes first = to_bytes("\x01\xFF");
    const Bytes second = to_bytes("");
    const Json value = Json::object({{"a", first}, {"b", Json::array({second, 1})}});
    CHECK(to_json(value) == R"({"a":{"type":"Buffer","data":[1,255]},"b":[{"type":"Buffer","data":[]},1]})");

    std::string out;
    std::vector<BytesView> attachments;
    JsonWriter writer(out, &attachments);
    writer.begin_array();
    writer.value("event");
    writer.value(value);
    writer.value(first);
    writer.end_array();
    CHECK(out == R"(["event",{"a":{"_placeholder":true,"num":0},"b":[{"_placeholder":true,"num":1},1]},)"
                 R"({"_placeholder":true,"num":2}])");
    REQUIRE(attachments.size() == 3);
    CHECK(as_chars(attachments[0]) == "\x01\xFF");
    CHECK(attachments[1].empty());
    CHECK(attachments[2].data() == first.data());
}

TEST_CASE("values of every shape are written in order") {
    const std::string text =
        R"({"a":[],"b":{},"c":[[[]],{}],"d":{"e":{"f":[1,{"g":null}]}},"h":"","i":[true,false,null,-1,2.5]})";
    CHECK(to_json(*parse_json(text)) == text);
}
