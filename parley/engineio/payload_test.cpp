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
std::vector<std::string> read(std::string_view payload, Framing framing = Framing::separators) {
    std::vector<std::string> records;
    PayloadReader reader(payload, framing);
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

std::string written(const std::vector<Packet>& packets) {
    std::string payload;
    for (const Packet& packet : packets)
        append_record_with_length(payload, packet);
    return payload;
}

using Lines = std::vector<std::string>;

Lines read_lengths(std::string_view payload) {
    return read(payload, Framing::lengths);
}

TEST_CASE("protocol 3: a packet stands behind its length in UTF-16 units") {
    CHECK(written({{PacketType::message, "hello", false}, {PacketType::ping, "", false}}) == "6:4hello1:2");
    CHECK(written({{PacketType::message, "\u20ac", false}}) == "2:4\u20ac");
    CHECK(written({{PacketType::message, "\U0001F600\u00fc", false}}) == "4:4\U0001F600\u00fc");
    CHECK(written({{PacketType::message, "\x01\x02\x03", true}}) == "6:b4AQID");
    CHECK(read_lengths("6:4hello1:2") == Lines{"4hello", "2"});
    CHECK(read_lengths("2:4\u20ac4:4\U0001F600\u00fc6:b4AQID1:6") ==
          Lines{"4\u20ac", "4\U0001F600\u00fc", "B\x01\x02\x03", "6"});
    CHECK(read_lengths("5:4a:bc3:41:") == Lines{"4a:bc", "41:"});
}

TEST_CASE("protocol 3: where a payload has octets, lengths are octets, digit by digit") {
    CHECK(read_lengths("\x00\x06\xff"
                       "4hello\x01\x03\xff\x04\x00\xff"sv) == Lines{"4hello", std::string("B\x00\xff", 3)});
    CHECK(read_lengths("\x00\x01\x02\xff"
                       "4hello world"sv) == Lines{"4hello world"});
    CHECK(read_lengths("\x01\x01\xff\x04"sv) == Lines{"B"});
}

TEST_CASE("protocol 3: what is no payload ends at the first record that is none") {
    for (const std::string_view payload : {""sv,
                                           "x"sv,
                                           ":"sv,
                                           "4"sv,
                                           ":4"sv,
                                           "0:"sv,
                                           "-1:4"sv,
                                           "+1:4"sv,
                                           " 1:4"sv,
                                           "1:9"sv,
                                           "2:4"sv,
                                           "99999999999:4"sv,
                                           "18446744073709551617:4"sv,
                                           "2:b4"sv.substr(0, 3),
                                           "1:b"sv,
                                           "3:b2A"sv,
                                           "4:b4A="sv,
                                           "6:b4A!ID"sv,
                                           "2:4\xf0\x9f\x98\x80"sv,
                                           "\x00"sv,
                                           "\x00\xff"sv,
                                           "\x00\x01"sv,
                                           "\x00\x0b\xff"sv,
                                           "\x00\x02\xff"
                                           "4"sv,
                                           "\x01\x00\xff"sv,
                                           "\x01\x01\xff\x05"sv,
                                           "\x01\x01\xff"
                                           "4"sv,
                                           "\x00\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\xff"sv}) {
        CAPTURE(payload);
        CHECK(read_lengths(payload) == Lines{"!"});
    }
    CHECK(read_lengths("1:2junk1:2") == Lines{"2", "!"});
    CHECK(read_lengths("1:2\x02\x01\xff"sv) == Lines{"2", "!"});
    CHECK(read_lengths("2:4\xe2") == Lines{"4\xe2"});  // what is no UTF-8 is left to who reads the message
}

TEST_CASE("protocol 3: a frame says its type in front, also a binary one") {
    CHECK(decode_typed_frame("4x", false)->data == "x");
    CHECK(decode_typed_frame("\x04x", true)->data == "x");
    CHECK(decode_typed_frame("\x04", true)->is_binary);
    CHECK_FALSE(decode_typed_frame("", true));
    CHECK_FALSE(decode_typed_frame("4x", true));
    CHECK_FALSE(decode_typed_frame("\x04x", false));
}

}  // namespace
}  // namespace parley::engineio
