// SPDX-License-Identifier: MIT
#include "parley/socketio/packet.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/reserved_events.hpp"
#include "parley/json/writer.hpp"

using namespace parley;
using namespace parley::socketio;

namespace {

struct Scanned {
    std::string_view text;
    PacketType type;
    std::size_t attachment_count;
    std::string_view namespace_name;
    std::optional<std::uint64_t> ack_id;
    std::string_view data;
};

struct Refused {
    std::string text;
    std::string_view reason;
    FailureKind kind = FailureKind::malformed;
};

void check_scanned(const Scanned& expected) {
    CAPTURE(expected.text);
    const auto packet = scan_packet(expected.text);
    REQUIRE(packet);
    CHECK(packet->type == expected.type);
    CHECK(packet->attachment_count == expected.attachment_count);
    CHECK(packet->namespace_name == expected.namespace_name);
    CHECK(packet->ack_id == expected.ack_id);
    CHECK(packet->data == expected.data);
}

std::string encoded(const Packet& packet) {
    std::string out;
    append_packet(out, packet);
    return out;
}

}  // namespace

TEST_CASE("a packet is taken apart from left to right") {
    const std::vector<Scanned> table{
        {"0", PacketType::connect, 0, "/", {}, ""},
        {R"(0{"token":"123"})", PacketType::connect, 0, "/", {}, R"({"token":"123"})"},
        {R"(0/admin,{"token":"123"})", PacketType::connect, 0, "/admin", {}, R"({"token":"123"})"},
        {"0/admin,", PacketType::connect, 0, "/admin", {}, ""},
        {"0/admin", PacketType::connect, 0, "/admin", {}, ""},
        {"0/a?x=1,", PacketType::connect, 0, "/a?x=1", {}, ""},
        {"0/,", PacketType::connect, 0, "/", {}, ""},
        {"1", PacketType::disconnect, 0, "/", {}, ""},
        {"1/admin,", PacketType::disconnect, 0, "/admin", {}, ""},
        {R"(2["x",1,null,"1970-01-01T00:00:00.000Z"])",
         PacketType::event,
         0,
         "/",
         {},
         R"(["x",1,null,"1970-01-01T00:00:00.000Z"])"},
        {R"(2456["m"])", PacketType::event, 0, "/", 456, R"(["m"])"},
        {R"(2007["m"])", PacketType::event, 0, "/", 7, R"(["m"])"},
        {R"(2/admin,1["m"])", PacketType::event, 0, "/admin", 1, R"(["m"])"},
        {R"(29007199254740991["m"])", PacketType::event, 0, "/", ack_id_max, R"(["m"])"},
        {R"(30["ack"])", PacketType::ack, 0, "/", 0, R"(["ack"])"},
        {"312[]", PacketType::ack, 0, "/", 12, "[]"},
        {"312", PacketType::ack, 0, "/", 12, ""},
        {R"(4{"message":"no"})", PacketType::connect_error, 0, "/", {}, R"({"message":"no"})"},
        {R"(4"no")", PacketType::connect_error, 0, "/", {}, R"("no")"},
        {R"(51-["b",{"_placeholder":true,"num":0}])",
         PacketType::binary_event,
         1,
         "/",
         {},
         R"(["b",{"_placeholder":true,"num":0}])"},
        {R"(510-/my-space,12["b"])", PacketType::binary_event, 10, "/my-space", 12, R"(["b"])"},
        {R"(5001-["b"])", PacketType::binary_event, 1, "/", {}, R"(["b"])"},
        {R"(61-/admin,1[{"_placeholder":true,"num":0}])", PacketType::binary_ack, 1, "/admin", 1,
         R"([{"_placeholder":true,"num":0}])"},
    };
    for (const Scanned& row : table)
        check_scanned(row);
}

TEST_CASE("a dash in a namespace is no attachment count, a comma in the payload no end of a namespace") {
    check_scanned({R"(51-/a-b,["x,y"])", PacketType::binary_event, 1, "/a-b", {}, R"(["x,y"])"});
    check_scanned({R"(2/a-b,["x,y"])", PacketType::event, 0, "/a-b", {}, R"(["x,y"])"});
    check_scanned({R"(2["/a,b"])", PacketType::event, 0, "/", {}, R"(["/a,b"])"});
}

TEST_CASE("what is not a packet is refused with the reason") {
    const std::vector<Refused> table{
        {"", "empty packet"},
        {"7", "unknown packet type"},
        {"abc", "unknown packet type"},
        {" ", "unknown packet type"},
        {"-1", "unknown packet type"},
        {"5", "illegal attachments"},
        {"5-", "illegal attachments"},
        {R"(5-["x"])", "illegal attachments"},
        {R"(50-["x"])", "illegal attachments"},
        {R"(500-["x"])", "illegal attachments"},
        {R"(60-["x"])", "illegal attachments"},
        {"51", "illegal attachments"},
        {R"(51["x"])", "illegal attachments"},
        {R"(5/admin,1-["x"])", "illegal attachments"},
        {R"(5-1-["x"])", "illegal attachments"},
        {R"(5+1-["x"])", "illegal attachments"},
        {R"(51.0-["x"])", "illegal attachments"},
        {R"(511-["x"])", "too many attachments", FailureKind::limit},
        {R"(51000-["x"])", "too many attachments", FailureKind::limit},
        {R"(52147483647-["x"])", "too many attachments", FailureKind::limit},
        {R"(52147483648-["x"])", "too many attachments", FailureKind::limit},
        {R"(518446744073709551617-["x"])", "too many attachments", FailureKind::limit},
        {"5" + std::string(30, '9') + R"(-["x"])", "too many attachments", FailureKind::limit},
        {R"(2abc["x"])", "invalid payload"},
        {R"(2-1["x"])", "invalid payload"},
        {R"(21.5["x"])", "invalid payload"},
        {"2true", "invalid payload"},
        {"0null", "invalid payload"},
        {R"(29007199254740992["x"])", "invalid ack id"},
        {R"(299999999999999999999["x"])", "invalid ack id"},
        {"0/\xFF\xFE,", "invalid namespace"},
        {"0/\xC0\xAF", "invalid namespace"},
    };
    for (const Refused& row : table) {
        CAPTURE(row.text);
        const auto packet = scan_packet(row.text);
        REQUIRE_FALSE(packet);
        CHECK(packet.error().reason == row.reason);
        CHECK(packet.error().kind == row.kind);
    }
}

TEST_CASE("the odd spellings that a JavaScript number takes for digits are refused") {
    for (const std::string_view text :
         {R"(2 ["a"])", "2\t[\"a\"]", "2\n[\"a\"]", R"(21 ["a"])", R"(50x1-["a"])", R"(51e0-["a"])", R"(5 1 -["a"])",
          R"(5 1-["a"])", R"(51 -["a"])", " ", "\t", "0 ", "1 "}) {
        CAPTURE(text);
        CHECK_FALSE(scan_packet(text));
    }
}

TEST_CASE("attachments are counted against their limit") {
    const Limits limits{.attachments_max = 3};
    CHECK(scan_packet(R"(52-["x"])", limits));
    CHECK(scan_packet(R"(53-["x"])", limits));
    CHECK(scan_packet(R"(54-["x"])", limits).error().reason == "too many attachments");
    CHECK(scan_packet(R"(59-["x"])"));
    CHECK(scan_packet(R"(510-["x"])"));
    CHECK(scan_packet(R"(511-["x"])").error().reason == "too many attachments");
}

TEST_CASE("a namespace's name is measured with its slash") {
    const auto named = [](std::size_t size) { return "0/" + std::string(size - 1, 'a'); };
    CHECK(scan_packet(named(254)));
    CHECK(scan_packet(named(255)));
    CHECK(scan_packet(named(256)).error().reason == "namespace too long");
    CHECK(scan_packet(named(256)).error().kind == FailureKind::limit);
    CHECK(scan_packet(named(255) + ",").value().namespace_name.size() == 255);
}

TEST_CASE("a megabyte of digits or of a name costs one pass") {
    const std::string megabyte(1'000'000, '1');
    const std::string name(1'000'000, 'a');
    const auto start = std::chrono::steady_clock::now();
    for (int round = 0; round < 10; ++round) {
        CHECK_FALSE(scan_packet("5" + megabyte));
        CHECK_FALSE(scan_packet("5" + megabyte + "-[\"x\"]"));
        CHECK_FALSE(scan_packet("2" + megabyte));
        CHECK_FALSE(scan_packet("0" + std::string(1'000'000, '0') + megabyte));
        CHECK_FALSE(scan_packet("2/" + name));
        CHECK_FALSE(scan_packet("2/" + name + ",[]"));
    }
    // Some sixty megabytes; a quadratic scanner would need hours.
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("a packet is written as the official encoder writes it") {
    CHECK(encoded({.type = PacketType::event, .data = R"(["a",1])"}) == R"(2["a",1])");
    CHECK(encoded({.type = PacketType::event, .namespace_name = "/admin", .data = R"(["a"])"}) == R"(2/admin,["a"])");
    CHECK(encoded({.type = PacketType::event, .ack_id = 0, .data = R"(["a"])"}) == R"(20["a"])");
    CHECK(encoded({.type = PacketType::ack, .namespace_name = "/admin", .ack_id = 456, .data = "[]"}) ==
          "3/admin,456[]");
    CHECK(encoded({.type = PacketType::event, .attachment_count = 1, .data = "[0]"}) == "51-[0]");
    CHECK(encoded({.type = PacketType::ack,
                   .attachment_count = 10,
                   .namespace_name = "/admin",
                   .ack_id = 1,
                   .data = "[0]"}) == "610-/admin,1[0]");
    CHECK(encoded({.type = PacketType::disconnect}) == "1");
}

TEST_CASE("a packet that was scanned is written back as it was") {
    for (const std::string_view text : {"0", R"(0{"a":1})", "0/admin,", "1/admin,", R"(2["x"])", R"(2/admin,7["x"])",
                                        "30[]", R"(4{"message":"no"})", R"(52-/admin,3["x"])", "610-4[]"}) {
        CAPTURE(text);
        const auto packet = scan_packet(text);
        REQUIRE(packet);
        CHECK(encoded(*packet) == text);
    }
}

TEST_CASE("an event or an ack with attachments is written as a binary one") {
    CHECK(encoded({.namespace_name = "/chat", .data = R"(["a"])"}) == R"(2/chat,["a"])");
    CHECK(encoded({.attachment_count = 2, .ack_id = 7, .data = R"(["a",0,1])"}) == R"(52-7["a",0,1])");
    CHECK(encoded({.type = PacketType::ack, .attachment_count = 10, .ack_id = 7, .data = "[0]"}) == "610-7[0]");
}

TEST_CASE("the answers to a CONNECT are written as the official server writes them") {
    std::string out;
    append_connect(out, "/", "abc");
    CHECK(out == R"(0{"sid":"abc"})");
    out.clear();
    append_connect(out, "/admin", "abc");
    CHECK(out == R"(0/admin,{"sid":"abc"})");
    out.clear();
    append_connect_error(out, "/random", "Invalid namespace");
    CHECK(out == R"(4/random,{"message":"Invalid namespace"})");
    out.clear();
    append_connect_error(out, "/", "not \"you\"", R"({"code":1})");
    CHECK(out == R"(4{"message":"not \"you\"","data":{"code":1}})");
    out.clear();
    append_disconnect(out, "/");
    append_disconnect(out, "/admin");
    CHECK(out == "11/admin,");
}

TEST_CASE("a namespace needs a slash and no comma") {
    CHECK(is_namespace_name("/"));
    CHECK(is_namespace_name("/admin"));
    CHECK(is_namespace_name("/räume"));
    CHECK_FALSE(is_namespace_name(""));
    CHECK_FALSE(is_namespace_name("admin"));
    CHECK_FALSE(is_namespace_name("/a,b"));
    CHECK_FALSE(is_namespace_name("/\xFF"));
}

TEST_CASE("six event names are reserved, error is not one of them") {
    for (const std::string_view name :
         {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
        CHECK(is_reserved_event(name));
    for (const std::string_view name : {"error", "message", "connection", "", "Connect", "__proto__", "disconnected"})
        CHECK_FALSE(is_reserved_event(name));
}
