// SPDX-License-Identifier: MIT
#include "apps/parley/bench_packets.hpp"

#include <doctest/doctest.h>

using namespace parley;
using Kind = BenchPacket::Kind;

TEST_CASE("packets are made as the protocol has them") {
    const BenchPackets root("/", "echo", 4);
    std::string text;
    root.append_connect(text, "");
    CHECK(text == "0");
    text = root.event("echo") + "abcd";
    BenchPackets::append_end(text);
    CHECK(text == R"(2["echo","abcd"])");
    CHECK(root.before_id() + "12" + BenchPackets::behind_id("a \"b\"") == R"(212["a \"b\"",")");
    const BenchPackets admin("/admin", "echo", 4);
    text.clear();
    admin.append_connect(text, R"({"token":"x"})");
    CHECK(text == R"(0/admin,{"token":"x"})");
    CHECK(admin.event("room", "bench 1") == R"(2/admin,["room","bench 1",")");
    CHECK(admin.before_id() == "2/admin,");
}

TEST_CASE("answers and acknowledgements are read, whoever wrote their JSON") {
    for (const std::string nsp : {"/", "/admin"}) {
        BenchPackets packets(nsp, "echo", 4);
        const std::string prefix = nsp == "/" ? "" : nsp + ",";
        for (const std::string json : {R"(["echo","abcd"])", R"([ "echo" , "abcd" ])", R"(["echo","\u0061bcd",1])"}) {
            const std::string text = "2" + prefix + json;
            const BenchPacket packet = packets.read(text);
            CHECK(packet.kind == Kind::answer);
            CHECK(packet.text == "abcd");
        }
        for (const std::string json : {R"(["abcd"])", R"(["\u0061bcd"])", R"([ "abcd"])"}) {
            const std::string text = "3" + prefix + "17" + json;
            const BenchPacket packet = packets.read(text);
            CHECK(packet.kind == Kind::ack);
            CHECK(packet.id == 17);
            CHECK(packet.text == "abcd");
        }
        CHECK(packets.read("3" + prefix + "1[]").text.empty());
        CHECK(packets.read("3" + prefix + "1[{}]").text.empty());
        CHECK(packets.read("2" + prefix + R"(["echo",{"a":1}])").text.empty());
        CHECK(packets.read("2" + prefix + R"(["welcome","abcd"])").kind == Kind::other);
        CHECK(packets.read("0" + prefix + R"({"sid":"x"})").kind == Kind::connected);
        CHECK(packets.read("1" + prefix).kind == Kind::disconnected);
        const BenchPacket refused = packets.read("4" + prefix + R"({"message":"no"})");
        CHECK(refused.kind == Kind::refused);
        CHECK(refused.text == "no");
    }
}

TEST_CASE("what is no packet of the namespace is no answer") {
    BenchPackets packets("/", "echo", 4);
    CHECK(packets.read(R"(2/other,["echo","abcd"])").kind == Kind::other);
    CHECK(packets.read(R"(51-["echo",{"_placeholder":true,"num":0}])").kind == Kind::other);
    for (const char* const text : {"", "9", "x", R"(2["echo","abcd)", "2{}x", "4"})
        CHECK(packets.read(text).kind != Kind::answer);
    CHECK(packets.read("x").kind == Kind::broken);
}
