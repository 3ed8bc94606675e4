// SPDX-License-Identifier: MIT
//
// Texts that were made to hurt: deep, repetitive, colliding, random.
#include <doctest/doctest.h>

#include <random>
#include <string>

#include "parley/json.hpp"

using namespace parley;

namespace {

std::string repeated(std::string_view part, std::size_t count) {
    std::string text;
    text.reserve(part.size() * count);
    for (std::size_t i = 0; i < count; ++i)
        text += part;
    return text;
}

void check_refused(const std::string& text, ErrorCode code) {
    const Result<Json> value = parse_json(text);
    REQUIRE_FALSE(value.has_value());
    CHECK(value.error().code == code);
    const Result<void> validated = validate_json(text, {}, 10);
    REQUIRE_FALSE(validated.has_value());
    CHECK(validated.error().code == code);
}

// A text of the pieces that JSON is made of, mostly in an order that makes sense for a while.
std::string random_text(std::mt19937_64& random) {
    static constexpr std::string_view pieces[] = {
        "[",        "]",       "{",       "}",     ",",     ":",          "\"",   "\"a\":", "\"\"",
        "1",        "-",       "0.5",     "e9",    "true",  "false",      "null", " ",      "\\",
        "\\u",      "\\ud800", "dead",    "\xC3",  "\xA9",  "\n",         "x",    "[[",     "]]",
        "{\"k\":",  "\"é\"",   "\"\\n\"", "1e999", "[1,2]", "{\"a\":{}}", "\xFF", "99999",  "\"_placeholder\":true,",
        "\"num\":0"};
    std::string text;
    const std::size_t count = 1 + random() % 12;
    for (std::size_t i = 0; i < count; ++i)
        text += pieces[random() % std::size(pieces)];
    return text;
}

}  // namespace

TEST_CASE("a megabyte of open brackets is refused as too deep") {
    for (const char* part : {"[", "{\"a\":", "[{\"a\":", "[[],", "{\"a\":1,\"b\":", "[[[]],"}) {
        check_refused(repeated(part, 1'000'000 / std::string_view(part).size()), ErrorCode::limit_exceeded);
    }
    check_refused(repeated("[],", 330'000), ErrorCode::invalid_input);
    check_refused(repeated("]", 1'000'000), ErrorCode::invalid_input);
}

TEST_CASE("a megabyte of small things is read, compared, copied and written") {
    for (const char* part : {"[]", "{}", "[[[]]]", "0", "\"\"", "{\"\":0}", "[0]", "{\"a\":[{}]}"}) {
        std::string text = "[";
        while (text.size() < 1'000'000)
            text.append(part).push_back(',');
        text.back() = ']';
        const Result<Json> value = parse_json(text);
        REQUIRE(value.has_value());
        const Json copy = *value;
        CHECK(copy == *value);
        CHECK(to_json(copy) == text);
        CHECK(validate_json(text, {}, 3).has_value());
    }
}

TEST_CASE("a megabyte of equal or similar keys takes no more time than other text") {
    std::string same = "{";
    std::string similar = "{";
    for (int i = 0; same.size() < 1'000'000; ++i) {
        same += "\"k\":" + std::to_string(i) + ",";
        similar += "\"" + std::string(20, 'k') + std::to_string(i) + "\":0,";
    }
    same.back() = '}';
    similar.back() = '}';
    const Result<Json> merged = parse_json(same);
    REQUIRE(merged.has_value());
    CHECK(merged->size() == 1);
    const Result<Json> all = parse_json(similar);
    REQUIRE(all.has_value());
    CHECK(all->size() > 30'000);
    Json reordered = *all;
    const std::string first(all->members()[0].key);
    REQUIRE(reordered.erase(first));
    reordered.set(first, 0);
    CHECK(reordered == *all);
}

TEST_CASE("a megabyte of digits, escapes or spaces is one value") {
    CHECK(parse_json("0." + std::string(1'000'000, '1')).has_value());
    CHECK_FALSE(parse_json(std::string(1'000'000, '1')).has_value());
    CHECK(parse_json("1e-" + std::string(1'000'000, '9')) == Json(0.0));
    CHECK_FALSE(parse_json("1e" + std::string(1'000'000, '9')).has_value());
    CHECK(parse_json("1e" + std::string(1'000'000, '0') + "2") == Json(100));
    CHECK(parse_json("\"" + repeated("\\u0041", 160'000) + "\"") == Json(std::string(160'000, 'A')));
    CHECK(parse_json(std::string(1'000'000, ' ') + "1") == Json(1));
}

TEST_CASE("random text never harms, and every way into it agrees") {
    std::mt19937_64 random(5);
    int good = 0;
    for (int round = 0; round < 200'000; ++round) {
        const std::string text = random_text(random);
        CAPTURE(text);
        const Result<Json> value = parse_json(text);
        REQUIRE(validate_json(text).has_value() == value.has_value());
        if (!value) continue;
        ++good;
        const std::string written = to_json(*value);
        const Result<Json> again = parse_json(written);
        REQUIRE(again.has_value());
        REQUIRE(*again == *value);
        REQUIRE(to_json(*again) == written);
    }
    CHECK(good > 1'000);
}

TEST_CASE("random text with attachments: what validates can be read, and the reverse") {
    std::mt19937_64 random(6);
    const Bytes octets = to_bytes("attachment");
    const std::vector<BytesView> attachments{octets};
    static constexpr std::string_view pieces[] = {"{\"_placeholder\":true,",
                                                  "{\"num\":0,",
                                                  "\"num\":0}",
                                                  "\"num\":1}",
                                                  "\"a\":[",
                                                  "]}",
                                                  "[",
                                                  "]",
                                                  ",",
                                                  "{",
                                                  "}",
                                                  "\"_placeholder\":true}",
                                                  "\"_placeholder\":false}",
                                                  "1"};
    for (int round = 0; round < 100'000; ++round) {
        std::string text;
        const std::size_t count = 1 + random() % 6;
        for (std::size_t i = 0; i < count; ++i)
            text += pieces[random() % std::size(pieces)];
        CAPTURE(text);
        JsonReader reader(text, attachments);
        Json value;
        const bool read = reader.read(value) && reader.at_end();
        REQUIRE(validate_json(text, {}, 1).has_value() == read);
    }
}

TEST_CASE("random octets never harm") {
    std::mt19937_64 random(7);
    for (int round = 0; round < 100'000; ++round) {
        std::string text(random() % 40, '\0');
        for (char& octet : text)
            octet = static_cast<char>(random());
        if (round % 2 == 0) text = "\"" + text + "\"";
        REQUIRE(validate_json(text).has_value() == parse_json(text).has_value());
        std::string written;
        JsonWriter(written).value(std::string_view(text));
        REQUIRE(validate_json(written).has_value());
    }
}

TEST_CASE("one octet changed anywhere in a good text never harms") {
    const std::string text =
        R"({"a":[1,-2.5e3,"x\u00e9\n\ud83d\ude00",true,false,null,{}],"b":{"_placeholder":true,"num":0}})";
    const Bytes octets = to_bytes("attachment");
    const std::vector<BytesView> attachments{octets};
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (int octet = 0; octet < 256; ++octet) {
            std::string changed = text;
            changed[at] = static_cast<char>(octet);
            JsonReader reader(changed, attachments);
            Json value;
            const bool read = reader.read(value) && reader.at_end();
            REQUIRE(validate_json(changed, {}, 1).has_value() == read);
        }
    }
}
