// SPDX-License-Identifier: MIT
//
// Attachments: Socket.IO protocol v5, "binary event" and "binary ack".
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "parley/json.hpp"

using namespace parley;

namespace {

struct Attachments {
    Bytes first = to_bytes("first");
    Bytes second = to_bytes("second, which is longer than what stands inline");
    std::vector<BytesView> views{first, second};
};

std::string placeholder(const std::string& index) {
    return R"({"_placeholder":true,"num":)" + index + "}";
}

bool readable(const std::string& text, std::span<const BytesView> attachments) {
    JsonReader reader(text, attachments);
    Json value;
    return reader.read(value) && reader.at_end();
}

}  // namespace

TEST_CASE("a placeholder is its attachment wherever a value or octets are read") {
    const Attachments attachments;
    const std::string text = "[" + placeholder("1") + R"(,{"file":{"num":0,"_placeholder":true,"extra":[1]}}])";

    JsonReader reader(text, attachments.views);
    Json value;
    REQUIRE(reader.read(value));
    CHECK(value[0] == Json(attachments.second));
    CHECK(value[1]["file"] == Json(attachments.first));

    JsonReader typed(text, attachments.views);
    Bytes octets;
    REQUIRE(typed.begin_array());
    REQUIRE(typed.next_element());
    CHECK(typed.read(octets));
    CHECK(octets == attachments.second);
}

TEST_CASE("without attachments a placeholder is an object like any other") {
    const Json value = *parse_json(placeholder("5"));
    CHECK(value["num"] == 5);
    CHECK(validate_json(placeholder("5")).has_value());
    Bytes octets;
    const std::string text = placeholder("0");
    JsonReader reader(text);
    CHECK_FALSE(reader.read(octets));
    CHECK(reader.mismatched());
}

TEST_CASE("a placeholder that names no attachment is refused, in values, in octets and when validating") {
    const Attachments attachments;
    for (const char* index :
         {"2", "-1", "0.5", "1e999", "\"0\"", "null", "true", "[]", "{}", "18446744073709551616", "1e1"}) {
        const std::string text = placeholder(index);
        CAPTURE(text);
        CHECK_FALSE(readable(text, attachments.views));
        CHECK_FALSE(validate_json(text, {}, 2).has_value());
        JsonReader reader(text, attachments.views);
        Bytes octets;
        CHECK_FALSE(reader.read(octets));
        CHECK_FALSE(reader.mismatched());
    }
    for (const char* text : {R"({"_placeholder":true})", R"({"num":1,"_placeholder":true,"num":7})"}) {
        CHECK_FALSE(readable(text, attachments.views));
        CHECK_FALSE(validate_json(text, {}, 2).has_value());
    }
    CHECK_FALSE(validate_json(placeholder("0"), {}, 0).has_value());
    CHECK_FALSE(validate_json("[[{\"a\":" + placeholder("2") + "}]]", {}, 2).has_value());
}

TEST_CASE("an index may be spelled as any whole number") {
    const Attachments attachments;
    for (const char* index : {"0", "1", "-0", "1.0", "1e0", "0e5", "10e-1"}) {
        const std::string text = placeholder(index);
        CAPTURE(text);
        CHECK(readable(text, attachments.views));
        CHECK(validate_json(text, {}, 2).has_value());
        JsonReader reader(text, attachments.views);
        Bytes octets;
        CHECK(reader.read(octets));
    }
}

TEST_CASE("only the value true makes a placeholder, and of duplicates the last counts") {
    const Attachments attachments;
    for (const char* text :
         {R"({"_placeholder":false,"num":9})", R"({"_placeholder":1,"num":9})", R"({"_placeholder":"true","num":9})",
          R"({"_placeholder":[true],"num":9})", R"({"_placeholder":true,"_placeholder":false,"num":9})",
          R"({"_placeholder":{"_placeholder":false},"num":9})"}) {
        CAPTURE(text);
        CHECK(readable(text, attachments.views));
        CHECK(validate_json(text, {}, 2).has_value());
        JsonReader reader(text, attachments.views);
        Bytes octets;
        CHECK_FALSE(reader.read(octets));
        CHECK(reader.mismatched());
    }
    const std::string last = R"({"_placeholder":false,"num":9,"num":1,"\u005fplaceholder":true})";
    CHECK(readable(last, attachments.views));
    CHECK(validate_json(last, {}, 2).has_value());
    CHECK_FALSE(validate_json(last, {}, 1).has_value());
}

TEST_CASE("several placeholders may share an attachment, until they ask for too much together") {
    const Attachments attachments;
    const std::string twice = "[" + placeholder("0") + "," + placeholder("0") + "]";
    CHECK(readable(twice, attachments.views));
    CHECK(validate_json(twice, {}, 2).has_value());

    const std::size_t size = attachments.views[0].size();
    for (const auto& [octets_max, fits] : {std::pair{2 * size - 1, false}, {2 * size, true}, {2 * size + 1, true}}) {
        JsonReader reader(twice, attachments.views, {.attachment_bytes_max = octets_max});
        Json value;
        CHECK(reader.read(value) == fits);
        CHECK(reader.failed() != fits);
    }
}
