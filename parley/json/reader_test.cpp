// SPDX-License-Identifier: MIT
#include "parley/json/reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "parley/json/json.hpp"

using namespace parley;

TEST_CASE("a text is read value by value into the types that are wanted") {
    const std::string text =
        R"( ["chat", {"n": 7, "names": ["a", "b\n"], "skip": [{"x": [1]}]}, -1, 2.5, true, null ] )";
    JsonReader reader(text);
    std::string event;
    std::int64_t number = 0;
    std::vector<std::string> names;
    REQUIRE(reader.begin_array());
    REQUIRE(reader.next_element());
    CHECK(reader.read(event));
    REQUIRE(reader.next_element());
    CHECK(reader.peek() == JsonReader::Kind::object);
    REQUIRE(reader.begin_object());
    for (std::string_view key; reader.next_member(key);) {
        if (key == "n") {
            CHECK(reader.read(number));
        } else if (key == "names") {
            REQUIRE(reader.begin_array());
            while (reader.next_element())
                CHECK(reader.read(names.emplace_back()));
        } else {
            CHECK(reader.skip_value());
        }
    }
    std::int64_t integer = 0;
    double real = 0;
    bool boolean = false;
    CHECK(reader.next_element());
    CHECK(reader.read(integer));
    CHECK(reader.next_element());
    CHECK(reader.read(real));
    CHECK(reader.next_element());
    CHECK(reader.read(boolean));
    CHECK(reader.next_element());
    CHECK(reader.peek() == JsonReader::Kind::null);
    CHECK(reader.read_null());
    CHECK_FALSE(reader.at_end());
    CHECK_FALSE(reader.next_element());
    CHECK(reader.at_end());
    CHECK_FALSE(reader.failed());
    CHECK(event == "chat");
    CHECK(number == 7);
    CHECK(names == std::vector<std::string>{"a", "b\n"});
    CHECK(integer == -1);
    CHECK(real == 2.5);
    CHECK(boolean);
}

TEST_CASE("good JSON of another kind is a mismatch, not malformed") {
    const char* values[] = {"null", "true", "1", "1.5", "\"x\"", "[1]", "{\"a\":1}"};
    const auto reads = [&](auto value) {
        std::string kinds;
        for (const char* text : values) {
            JsonReader reader(text);
            const bool good = reader.read(value);
            CHECK(reader.mismatched() == !good);
            if (!good) CHECK(reader.error().message.starts_with("JSON: expected "));
            kinds += good ? '+' : '-';
        }
        return kinds;
    };
    CHECK(reads(bool{}) == "-+-----");
    CHECK(reads(std::int64_t{}) == "--+----");
    CHECK(reads(std::uint64_t{}) == "--+----");
    CHECK(reads(double{}) == "--++---");
    CHECK(reads(std::string{}) == "----+--");
    CHECK(reads(Bytes{}) == "-------");
    CHECK(reads(Json{}) == "+++++++");
    for (const char* text : values) {
        JsonReader as_array(text);
        CHECK(as_array.begin_array() == (*text == '['));
        CHECK(as_array.mismatched() == (*text != '['));
        JsonReader as_object(text);
        CHECK(as_object.begin_object() == (*text == '{'));
        CHECK(as_object.mismatched() == (*text != '{'));
        JsonReader as_null(text);
        CHECK(as_null.read_null() == (*text == 'n'));
        CHECK(as_null.mismatched() == (*text != 'n'));
    }
}

TEST_CASE("text that is no JSON is malformed, whatever was asked for") {
    for (const char* text : {"", "nul", "[1", "\"x", "1e", "]", "tru", "{\"a\"}", "[1,]", "1e999"}) {
        CAPTURE(text);
        std::int64_t number = 0;
        JsonReader reader(text);
        CHECK_FALSE(reader.read(number));
        CHECK(reader.failed());
        CHECK_FALSE(reader.mismatched());
        CHECK(reader.error().code == ErrorCode::invalid_input);
        CHECK_FALSE(reader.at_end());
    }
}

TEST_CASE("an integer is read exactly or not at all") {
    const auto as_signed = [](const char* text) -> std::optional<std::int64_t> {
        std::int64_t number = 0;
        return JsonReader(text).read(number) ? std::optional(number) : std::nullopt;
    };
    const auto as_unsigned = [](const char* text) -> std::optional<std::uint64_t> {
        std::uint64_t number = 0;
        return JsonReader(text).read(number) ? std::optional(number) : std::nullopt;
    };
    CHECK(as_signed("9223372036854775807") == INT64_MAX);
    CHECK_FALSE(as_signed("9223372036854775808").has_value());
    CHECK(as_signed("-9223372036854775808") == INT64_MIN);
    CHECK_FALSE(as_signed("-9223372036854775809").has_value());
    CHECK(as_signed("-0") == 0);
    CHECK(as_signed("999999999999999999") == 999999999999999999);
    CHECK(as_signed("-999999999999999999") == -999999999999999999);
    CHECK(as_signed("1000000000000000000") == 1000000000000000000);
    CHECK_FALSE(as_signed("01").has_value());
    CHECK_FALSE(as_signed("-").has_value());
    CHECK(as_signed("3.0") == 3);
    CHECK(as_signed("-3e2") == -300);
    CHECK_FALSE(as_signed("3.5").has_value());
    CHECK_FALSE(as_signed("1e19").has_value());
    CHECK_FALSE(as_signed("99999999999999999999999").has_value());
    CHECK(as_unsigned("18446744073709551615") == UINT64_MAX);
    CHECK_FALSE(as_unsigned("18446744073709551616").has_value());
    CHECK_FALSE(as_unsigned("-1").has_value());
    CHECK(as_unsigned("-0") == 0);
    CHECK(as_unsigned("1e19") == 10000000000000000000U);
    CHECK_FALSE(as_unsigned("1e20").has_value());
    CHECK(as_signed("9007199254740993.0") == 9007199254740993);
    CHECK(as_signed("99001852701852759e1") == 990018527018527590);
    CHECK(as_signed("-9.223372036854775808e18") == INT64_MIN);
    CHECK_FALSE(as_signed("-9.223372036854775809e18").has_value());
    CHECK(as_signed("3.000000000000000000000000") == 3);
    CHECK_FALSE(as_signed("3.000000000000000000000001").has_value());
    CHECK(as_unsigned("18446744073709551615.0") == UINT64_MAX);
    CHECK(as_unsigned("0.18446744073709551615e20") == UINT64_MAX);
    CHECK_FALSE(as_unsigned("18446744073709551616.0").has_value());
    CHECK_FALSE(as_unsigned("1e-999999999999").has_value());
    CHECK(as_unsigned("0e999999999999") == 0);
}

TEST_CASE("a double takes every number") {
    double number = 0;
    CHECK(JsonReader("18446744073709551616").read(number));
    CHECK(number == 0x1p64);
    CHECK(JsonReader("-7").read(number));
    CHECK(number == -7);
}

TEST_CASE("the raw text of a value is what stood there, without the space around it") {
    const std::string text = R"([ {"a" : [1, 2]} , "x" ])";
    JsonReader reader(text);
    reader.begin_array();
    REQUIRE(reader.next_element());
    CHECK(reader.raw_value() == R"({"a" : [1, 2]})");
    REQUIRE(reader.next_element());
    CHECK(reader.raw_value() == R"("x")");
    CHECK_FALSE(reader.next_element());
    CHECK(reader.at_end());
    JsonReader broken("[1,");
    CHECK(broken.raw_value().empty());
    CHECK(broken.failed());
}

TEST_CASE("keys with escapes are read, and reading a value after looking at its key is safe") {
    JsonReader reader(R"({"\u0061\n":"\u0062","c":1})");
    std::string_view key;
    std::string value;
    REQUIRE(reader.begin_object());
    REQUIRE(reader.next_member(key));
    CHECK(key == "a\n");
    CHECK(reader.read(value));
    CHECK(value == "b");
    REQUIRE(reader.next_member(key));
    CHECK(key == "c");
}

TEST_CASE("asking in the wrong order fails and harms nothing") {
    std::string_view key;
    std::int64_t number = 0;
    JsonReader reader("[1,2]");
    CHECK_FALSE(reader.next_element());
    CHECK(reader.failed());
    JsonReader unopened("{\"a\":1}");
    CHECK_FALSE(unopened.next_member(key));
    JsonReader unread("[1,2]");
    CHECK(unread.begin_array());
    CHECK(unread.next_element());
    CHECK_FALSE(unread.next_element());
    CHECK(unread.failed());
    JsonReader twice("1");
    CHECK(twice.read(number));
    CHECK_FALSE(twice.read(number));
    JsonReader left("[]");
    CHECK(left.begin_array());
    CHECK_FALSE(left.next_element());
    CHECK_FALSE(left.failed());
    CHECK_FALSE(left.next_element());
    CHECK(left.failed());
    JsonReader open("[");
    CHECK(open.begin_array());
    CHECK_FALSE(open.at_end());
}
