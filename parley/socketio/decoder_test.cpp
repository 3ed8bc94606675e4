// SPDX-License-Identifier: MIT
#include "parley/socketio/decoder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using namespace parley::socketio;
using Status = PacketDecoder::Status;

namespace {

const Options defaults;

constexpr TimePoint start{};

struct Refused {
    std::string text;
    std::string_view reason;
    FailureKind kind = FailureKind::malformed;
};

void check_refused(const Refused& row, const Limits& limits = {}) {
    CAPTURE(row.text.substr(0, 100));
    const Options options{.limits = limits};
    PacketDecoder decoder(options);
    REQUIRE(decoder.receive_text(row.text, start) == Status::failed);
    CHECK(decoder.failure().reason == row.reason);
    CHECK(decoder.failure().kind == row.kind);
    CHECK(decoder.buffered_bytes() == 0);
    CHECK(decoder.next_deadline() == no_deadline);
    CHECK(decoder.receive_text("0", start) == Status::failed);
    CHECK(decoder.receive_binary("x") == Status::failed);
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("an event comes with its name and its arguments") {
    PacketDecoder decoder(defaults);
    const std::string message = R"(2/admin,12["x",1,{"a":[true]}])";
    REQUIRE(decoder.receive_text(message, start) == Status::complete);
    const DecodedPacket& packet = decoder.packet();
    CHECK(packet.type == PacketType::event);
    CHECK(packet.namespace_name == "/admin");
    CHECK(packet.ack_id == 12);
    CHECK(packet.event_name == "x");
    CHECK(packet.data == R"(["x",1,{"a":[true]}])");
    CHECK(packet.attachments.empty());
    CHECK(packet.event_name.data() > message.data());
    CHECK(packet.event_name.data() < message.data() + message.size());
}

TEST_CASE("an event's name may be text with escapes, or a number") {
    const std::vector<std::pair<std::string_view, std::string_view>> table{
        {R"(2["chat message"])", "chat message"},
        {R"(2[ "spaced" , 1 ])", "spaced"},
        {R"(2["a\"b\\c"])", R"(a"b\c)"},
        {R"(2["\u0041b"])", "Ab"},
        {R"(2["grüße"])", "grüße"},
        {R"(2[""])", ""},
        {R"(2[1,"a"])", "1"},
        {R"(2[-1.5e3])", "-1.5e3"},
        {R"(2[7 ])", "7"},
        {R"(2["error",{"a":1}])", "error"},
        {R"(2["__proto__"])", "__proto__"},
        {R"(2["constructor"])", "constructor"},
        {R"(2["toString"])", "toString"},
    };
    for (const auto& [text, name] : table) {
        CAPTURE(text);
        PacketDecoder decoder(defaults);
        REQUIRE(decoder.receive_text(text, start) == Status::complete);
        CHECK(decoder.packet().event_name == name);
    }
}

TEST_CASE("an event without a payload has neither name nor arguments") {
    for (const std::string_view text : {"2", "2/admin,", "2/admin", "212"}) {
        CAPTURE(text);
        PacketDecoder decoder(defaults);
        REQUIRE(decoder.receive_text(text, start) == Status::complete);
        CHECK(decoder.packet().event_name.empty());
        CHECK(decoder.packet().data == "[]");
    }
}

TEST_CASE("payloads of the wrong shape are refused") {
    for (const std::string_view text : {"2[]",
                                        "2{}",
                                        R"(2"x")",
                                        "2[null]",
                                        "2[true]",
                                        R"(2[["a"]])",
                                        "2[[]]",
                                        R"(2[{"toString":"foo"}])",
                                        R"(2["connect"])",
                                        R"(2["connect_error"])",
                                        R"(2["disconnect"])",
                                        R"(2["disconnecting"])",
                                        R"(2["newListener"])",
                                        R"(2["removeListener"])",
                                        R"(2["\u0063onnect"])",
                                        R"(2abc["x"])",
                                        R"(2["x")",
                                        R"(2["x"]])",
                                        R"(2["x"]2)",
                                        R"(2["x",])",
                                        R"(2["x" "y"])",
                                        R"(2["x",1e999])",
                                        R"(2['x'])",
                                        R"(2["x",undefined])",
                                        "2[\"\xFF\"]",
                                        R"(1{"a":1})",
                                        "1[]",
                                        R"(1"x")",
                                        "0[]",
                                        R"(0"abc")",
                                        "0null",
                                        "0{",
                                        R"(0{"a":})",
                                        "3{}",
                                        R"(3"x")",
                                        "31{}",
                                        "4[]",
                                        "4",
                                        "61-",
                                        "61-7",
                                        "51-",
                                        "51-{}"}) {
        check_refused({std::string(text), "invalid payload"});
    }
}

TEST_CASE("other packets come with what they have") {
    PacketDecoder decoder(defaults);
    REQUIRE(decoder.receive_text(R"(0/admin,{"token":"123"})", start) == Status::complete);
    CHECK(decoder.packet().type == PacketType::connect);
    CHECK(decoder.packet().data == R"({"token":"123"})");
    REQUIRE(decoder.receive_text("1/admin,", start) == Status::complete);
    CHECK(decoder.packet().type == PacketType::disconnect);
    REQUIRE(decoder.receive_text("30[]", start) == Status::complete);
    CHECK(decoder.packet().type == PacketType::ack);
    CHECK(decoder.packet().ack_id == 0);
    REQUIRE(decoder.receive_text("312", start) == Status::complete);
    CHECK(decoder.packet().ack_id == 12);
    CHECK(decoder.packet().data == "[]");
    REQUIRE(decoder.receive_text(R"(4{"message":"no"})", start) == Status::complete);
    CHECK(decoder.packet().type == PacketType::connect_error);
    CHECK(decoder.packet().event_name.empty());
}

TEST_CASE("placeholders in a packet without attachments are plain objects") {
    PacketDecoder decoder(defaults);
    CHECK(decoder.receive_text(R"(2["x",{"_placeholder":true,"num":7}])", start) == Status::complete);
}

TEST_CASE("a binary event is complete with its last attachment") {
    PacketDecoder decoder(defaults);
    std::string message =
        R"(52-/admin,789["d",{"_placeholder":true,"num":0},{"a":{"_placeholder":true,"num":1},"n":null}])";
    const std::string data = message.substr(message.find('['));
    REQUIRE(decoder.receive_text(message, start) == Status::incomplete);
    message.assign(message.size(), '#');  // the message is only there while it is handed over
    {
        std::string first = "\x01\x02";
        REQUIRE(decoder.receive_binary(first) == Status::incomplete);
        first.assign(first.size(), '#');
    }
    REQUIRE(decoder.receive_binary("") == Status::complete);
    const DecodedPacket& packet = decoder.packet();
    CHECK(packet.type == PacketType::binary_event);
    CHECK(packet.namespace_name == "/admin");
    CHECK(packet.ack_id == 789);
    CHECK(packet.event_name == "d");
    CHECK(packet.data == data);
    REQUIRE(packet.attachments.size() == 2);
    CHECK(as_chars(packet.attachments[0]) == "\x01\x02");
    CHECK(packet.attachments[1].empty());
    CHECK(decoder.buffered_bytes() > 0);
    decoder.release();
    CHECK(decoder.buffered_bytes() == 0);
    CHECK(decoder.next_deadline() == no_deadline);
}

TEST_CASE("a decoder goes on after a binary packet") {
    PacketDecoder decoder(defaults);
    for (int round = 0; round < 3; ++round) {
        REQUIRE(decoder.receive_text(R"(61-1[{"_placeholder":true,"num":0}])", start) == Status::incomplete);
        REQUIRE(decoder.receive_binary("octets") == Status::complete);
        CHECK(decoder.packet().type == PacketType::binary_ack);
        CHECK(as_chars(decoder.packet().attachments[0]) == "octets");
        REQUIRE(decoder.receive_text(R"(2["x"])", start) == Status::complete);
        CHECK(decoder.packet().attachments.empty());
    }
    CHECK(decoder.receive_binary("octets") == Status::failed);
}

TEST_CASE("a name with escapes lives until the attachments are there") {
    PacketDecoder decoder(defaults);
    REQUIRE(decoder.receive_text(R"(51-["\u0061 name that is long enough to be kept elsewhere"])", start) ==
            Status::incomplete);
    REQUIRE(decoder.receive_binary("x") == Status::complete);
    CHECK(decoder.packet().event_name == "a name that is long enough to be kept elsewhere");
}

TEST_CASE("ten attachments are enough for anybody") {
    PacketDecoder decoder(defaults);
    REQUIRE(decoder.receive_text(R"(510-["x"])", start) == Status::incomplete);
    for (int i = 0; i < 9; ++i)
        REQUIRE(decoder.receive_binary("x") == Status::incomplete);
    CHECK(decoder.receive_binary("x") == Status::complete);
    CHECK(decoder.packet().attachments.size() == 10);
    check_refused({R"(511-["x"])", "too many attachments", FailureKind::limit});
    check_refused({R"(52147483647-["x"])", "too many attachments", FailureKind::limit});
}

TEST_CASE("a binary packet without attachments leaves nothing armed") {
    for (const std::string_view text : {R"(50-["x"])", R"(60-["x"])", R"(5-["x"])"}) {
        PacketDecoder decoder(defaults);
        CHECK(decoder.receive_text(text, start) == Status::failed);
        CHECK(decoder.failure().reason == "illegal attachments");
        const std::string octets(100, 'x');
        for (int i = 0; i < 1'000; ++i)
            REQUIRE(decoder.receive_binary(octets) == Status::failed);
        CHECK(decoder.buffered_bytes() == 0);
    }
}

TEST_CASE("a binary message that nobody waits for fails the decoder") {
    PacketDecoder decoder(defaults);
    REQUIRE(decoder.receive_text(R"(2["x"])", start) == Status::complete);
    REQUIRE(decoder.receive_binary("x") == Status::failed);
    CHECK(decoder.failure().reason == "got binary data when not reconstructing a packet");
}

TEST_CASE("text between attachments fails the decoder") {
    PacketDecoder decoder(defaults);
    REQUIRE(decoder.receive_text(R"(52-["x"])", start) == Status::incomplete);
    REQUIRE(decoder.receive_binary("x") == Status::incomplete);
    REQUIRE(decoder.receive_text(R"(2["y"])", start) == Status::failed);
    CHECK(decoder.failure().reason == "got plaintext data when reconstructing a packet");
    CHECK(decoder.buffered_bytes() == 0);
}

TEST_CASE("a placeholder must name one of the attachments") {
    for (const std::string_view num : {"-1", "1", "1.5", R"("0")", R"("splice")", R"("__proto__")", "null", "[]"}) {
        const std::string text = R"(51-["x",{"_placeholder":true,"num":)" + std::string(num) + "}]";
        check_refused({text, "illegal attachments"});
    }
    check_refused({R"(51-["x",{"_placeholder":true}])", "illegal attachments"});
    check_refused({R"(51-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])", "illegal attachments"});
    check_refused({R"(61-[[[{"_placeholder":true,"num":3}]]])", "illegal attachments"});
    check_refused({R"(51-["x",{"_placeholder":true,"num":1e999}])", "invalid payload"});
}

TEST_CASE("an attachment without a placeholder is let through, as in the reference") {
    PacketDecoder decoder(defaults);
    REQUIRE(decoder.receive_text(R"(52-["x",{"_placeholder":true,"num":1}])", start) == Status::incomplete);
    REQUIRE(decoder.receive_binary("a") == Status::incomplete);
    REQUIRE(decoder.receive_binary("b") == Status::complete);
    CHECK(decoder.packet().attachments.size() == 2);
}

TEST_CASE("depth is measured with the array of the arguments") {
    const Limits limits{.json_depth_max = 5};
    for (const std::size_t depth : {3, 4}) {
        const Options options{.limits = limits};
        PacketDecoder decoder(options);
        CHECK(decoder.receive_text(R"(2["m",)" + nested(depth) + "]", start) == Status::complete);
    }
    check_refused({R"(2["m",)" + nested(5) + "]", "payload too deep", FailureKind::limit}, limits);

    PacketDecoder decoder(defaults);
    CHECK(decoder.receive_text(R"(2["m",)" + nested(127) + "]", start) == Status::complete);
    for (const std::size_t depth : {128, 1'000, 100'000, 500'000}) {
        check_refused({R"(2["m",)" + nested(depth) + "]", "payload too deep", FailureKind::limit});
        check_refused({R"(0{"a":)" + nested(depth) + "}", "payload too deep", FailureKind::limit});
    }
}

TEST_CASE("an event's name is measured without its escapes") {
    const auto named = [](std::size_t size) { return "2[\"" + std::string(size, 'a') + "\"]"; };
    for (const std::size_t size : {254, 255}) {
        PacketDecoder decoder(defaults);
        CHECK(decoder.receive_text(named(size), start) == Status::complete);
        CHECK(decoder.packet().event_name.size() == size);
    }
    check_refused({named(256), "event name too long", FailureKind::limit});
    check_refused({named(1'000'000), "event name too long", FailureKind::limit});

    PacketDecoder decoder(defaults);
    CHECK(decoder.receive_text("2[\"\\u0061" + std::string(254, 'a') + "\"]", start) == Status::complete);
    check_refused({"2[\"\\u0061" + std::string(255, 'a') + "\"]", "event name too long", FailureKind::limit});
}

TEST_CASE("a packet's octets are counted, text and attachments together") {
    const std::string text = R"(52-["x"])";
    const Limits limits{.packet_bytes_max = text.size() + 10};
    for (const std::size_t last : {4, 5}) {
        const Options options{.limits = limits};
        PacketDecoder decoder(options);
        REQUIRE(decoder.receive_text(text, start) == Status::incomplete);
        CHECK(decoder.buffered_bytes() == text.size());
        REQUIRE(decoder.receive_binary("12345") == Status::incomplete);
        CHECK(decoder.buffered_bytes() == text.size() + 5);
        CHECK(decoder.receive_binary(std::string(last, 'x')) == Status::complete);
    }
    const Options options{.limits = limits};
    PacketDecoder decoder(options);
    REQUIRE(decoder.receive_text(text, start) == Status::incomplete);
    REQUIRE(decoder.receive_binary("12345") == Status::incomplete);
    REQUIRE(decoder.receive_binary("123456") == Status::failed);
    CHECK(decoder.failure().reason == "packet too large");
    CHECK(decoder.failure().kind == FailureKind::limit);
    CHECK(decoder.buffered_bytes() == 0);

    check_refused({R"(2["abcdefghijklmnopq"])", "packet too large", FailureKind::limit}, limits);
}

TEST_CASE("attachments must come in time") {
    const Options options{.attachments_timeout = std::chrono::seconds(30)};
    PacketDecoder decoder(options);
    const TimePoint begun = start + std::chrono::seconds(5);
    REQUIRE(decoder.receive_text(R"(52-["x"])", begun) == Status::incomplete);
    CHECK(decoder.next_deadline() == begun + std::chrono::seconds(30));
    REQUIRE(decoder.receive_binary("x") == Status::incomplete);
    CHECK(decoder.next_deadline() == begun + std::chrono::seconds(30));
    CHECK_FALSE(decoder.handle_deadline(begun + std::chrono::seconds(29)));
    CHECK(decoder.handle_deadline(begun + std::chrono::seconds(30)));
    CHECK(decoder.failure().kind == FailureKind::timeout);
    CHECK(decoder.next_deadline() == no_deadline);
    CHECK_FALSE(decoder.handle_deadline(begun + std::chrono::seconds(31)));
    CHECK(decoder.receive_binary("x") == Status::failed);
}

TEST_CASE("an idle decoder waits for nothing") {
    PacketDecoder decoder(defaults);
    CHECK(decoder.next_deadline() == no_deadline);
    CHECK_FALSE(decoder.handle_deadline(start + std::chrono::hours(1)));
    CHECK(decoder.receive_text(R"(2["x"])", start) == Status::complete);
    CHECK(decoder.next_deadline() == no_deadline);
}
