// SPDX-License-Identifier: MIT
#include "parley/engineio/payload.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "parley/engineio/packet.hpp"

namespace parley::engineio {
namespace {

using namespace std::string_view_literals;

// One line per record: its digit and data, `B` and data for binary, `!` for what is no packet.
std::vector<std::string> read(std::string_view payload) {
    std::vector<std::string> records;
    PayloadReader reader(payload);
    while (!reader.done()) {
        Packet packet;
        if (!reader.next(packet)) {
            records.emplace_back("!");
        } else if (packet.is_binary) {
            records.push_back("B" + std::string(packet.data));
        } else {
            records.push_back(std::string(1, to_char(packet.type)) + std::string(packet.data));
        }
    }
    return records;
}

TEST_CASE("a text packet is a digit and its data") {
    for (char digit = '0'; digit <= '6'; ++digit) {
        const std::string text = std::string(1, digit) + "data";
        const std::optional<Packet> packet = decode_packet(text);
        REQUIRE(packet);
        CHECK(to_char(packet->type) == digit);
        CHECK(packet->data == "data");
        CHECK_FALSE(packet->is_binary);
    }
    CHECK(decode_packet("4")->data.empty());
}

TEST_CASE("what does not begin with the digit of a type is no packet") {
    for (const std::string_view text :
         {""sv, "7"sv, "9x"sv, "/"sv, ":"sv, "a"sv, "abc"sv, " 4"sv, "\0"sv, "\xff"sv, "b"sv})
        CHECK_FALSE(decode_packet(text));
}

TEST_CASE("a payload is its packets with record separators between them") {
    std::string payload;
    append_record(payload, {PacketType::message, "hello", false});
    payload.push_back(record_separator);
    append_record(payload, {PacketType::message, "\x01\x02\x03\x04", true});
    CHECK(payload == "4hello\036bAQIDBA==");
    CHECK(read(payload) == std::vector<std::string>{"4hello", "B\x01\x02\x03\x04"});
}

TEST_CASE("payloads") {
    struct Case {
        std::string_view payload;
        std::vector<std::string> records;
    };
    const Case cases[] = {
        {"4", {"4"}},
        {"3", {"3"}},
        {"2probe", {"2probe"}},
        {"4a\0364b\0364c", {"4a", "4b", "4c"}},
        {"4\xe2\x82\xac", {"4\xe2\x82\xac"}},
        {"b", {"B"}},
        {"bAQIDBA", {"B\x01\x02\x03\x04"}},
        {"b-_-_\036b+/+/", {"B\xfb\xff\xbf", "B\xfb\xff\xbf"}},
        {"", {"!"}},
        {"abc", {"!"}},
        {"4a\036", {"4a", "!"}},
        {"\0364a", {"!"}},
        {"4a\036\0364b", {"4a", "!"}},
        {"4a\0369\0364b", {"4a", "!"}},
        {"bAQ ==", {"!"}},
        {"b***", {"!"}},
        {"bA", {"!"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.payload);
        CHECK(read(c.payload) == c.records);
    }
}

TEST_CASE("a reader that was stopped is done, and the last packet stays") {
    PayloadReader reader("bAQID\0364x");
    Packet packet;
    REQUIRE(reader.next(packet));
    reader.stop();
    CHECK(reader.done());
    CHECK(packet.data == "\x01\x02\x03");
}

TEST_CASE("a reader of nothing is done") {
    CHECK(PayloadReader().done());
}

}  // namespace
}  // namespace parley::engineio
