// SPDX-License-Identifier: MIT
#include "parley/socketio/arguments.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "parley/json/codec.hpp"
#include "parley/json/json.hpp"

using namespace parley;
using namespace parley::socketio;

namespace {

constexpr TimePoint start{};

// A connection that is in the root namespace.
struct Joined {
    explicit Joined(const Options& its_options = {}) : options(its_options), connection(options, start) {
        std::string out;
        connection.receive_text("0", start);
        REQUIRE(connection.next_event());
        REQUIRE(connection.accept({.namespace_name = "/", .sid = "s", .socket = SocketHandle{1}}, out));
    }
    Event receive(std::string_view message) {
        connection.receive_text(message, start);
        const auto event = connection.next_event();
        REQUIRE(event);
        return *event;
    }

    const Options options;
    Connection connection;
};

}  // namespace

TEST_CASE("arguments come one after the other, the name left out") {
    Joined peer;
    JsonReader reader = open_arguments(peer.receive(R"(2["add",1,2])"));
    std::vector<std::int64_t> numbers;
    while (reader.next_element())
        reader.read(numbers.emplace_back());
    CHECK_FALSE(reader.failed());
    CHECK(reader.at_end());
    CHECK(numbers == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("arguments of an ack begin with the first element") {
    Joined peer;
    JsonReader reader = open_arguments(peer.receive(R"(312["yes"])"));
    std::string text;
    REQUIRE(reader.next_element());
    CHECK(reader.read(text));
    CHECK_FALSE(reader.next_element());
    CHECK(reader.at_end());
    CHECK(text == "yes");
}

TEST_CASE("arguments may be none, behind a name of any spelling") {
    Joined peer;
    for (const std::string_view text :
         {R"(2["x"])", "2", "212", R"(2[""])", R"(2[ "x" ])", R"(2["\u0078"])", "2[7]", "31[]", "31"}) {
        CAPTURE(text);
        JsonReader reader = open_arguments(peer.receive(text));
        CHECK_FALSE(reader.next_element());
        CHECK_FALSE(reader.failed());
        CHECK(reader.at_end());
    }
}

TEST_CASE("binary arguments are read where their placeholders stand") {
    Joined peer;
    peer.connection.receive_text(R"(52-["b",{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]])", start);
    peer.connection.receive_binary("first", start);
    peer.connection.receive_binary("second", start);
    JsonReader reader = open_arguments(*peer.connection.next_event());
    Bytes bytes;
    Json json;
    REQUIRE(reader.next_element());
    REQUIRE(reader.read(bytes));
    REQUIRE(reader.next_element());
    REQUIRE(reader.read(json));
    CHECK_FALSE(reader.next_element());
    CHECK(bytes == to_bytes("second"));
    REQUIRE(json[0].as_binary());
    CHECK(as_chars(*json[0].as_binary()) == "first");
}

TEST_CASE("arguments are as deep as the connection let them be") {
    Joined peer({.limits = {.json_depth_max = 500}});
    const std::string deep = "2[\"x\"," + std::string(499, '[') + std::string(499, ']') + "]";
    JsonReader reader = open_arguments(peer.receive(deep));
    REQUIRE(reader.next_element());
    CHECK(reader.skip_value());
}
