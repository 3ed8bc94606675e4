// SPDX-License-Identifier: MIT
#include "parley/json/variant.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "parley/json.hpp"
#include "parley/json/containers.hpp"

using namespace parley;

namespace {

enum class Mood { calm, happy };
PARLEY_JSON_ENUM(Mood, calm, happy)

struct Point {
    int x = 0;
    int y = 0;
};
PARLEY_JSON_FIELDS(Point, x, y)

struct Tree;
using Branch = std::variant<std::monostate, int, std::vector<Tree>>;
struct Tree {
    Branch branch;
};
PARLEY_JSON_FIELDS(Tree, branch)

using Any = std::variant<std::monostate, bool, int, double, Mood, std::string, Bytes, std::vector<int>, Point>;

// The index of the alternative that a text is read into, and the text that it is written as.
std::pair<std::size_t, std::string> read(std::string_view text, std::span<const BytesView> attachments = {}) {
    JsonReader reader(text, attachments);
    Any value;
    if (!reader.read(value) || !reader.at_end()) return {99, reader.mismatched() ? "mismatch" : "malformed"};
    return {value.index(), to_json(value)};
}

using Outcome = std::pair<std::size_t, std::string>;

}  // namespace

TEST_CASE("a variant is read into the first alternative that fits, and written as what it holds") {
    CHECK(read("null") == Outcome(0, "null"));
    CHECK(read("true") == Outcome(1, "true"));
    CHECK(read("7") == Outcome(2, "7"));
    CHECK(read("7.5") == Outcome(3, "7.5"));
    CHECK(read("99999999999") == Outcome(3, "99999999999"));
    CHECK(read("\"happy\"") == Outcome(4, "\"happy\""));
    CHECK(read("\"sad\"") == Outcome(5, "\"sad\""));
    CHECK(read("[1,2]") == Outcome(7, "[1,2]"));
    CHECK(read(R"({"x":1,"y":2})") == Outcome(8, R"({"x":1,"y":2})"));
}

TEST_CASE("a binary value is told from an object") {
    const Bytes octets = to_bytes("\x01\x02");
    const BytesView attachments[] = {octets};
    CHECK(read(R"({"_placeholder":true,"num":0})", attachments).first == 6);
    CHECK(read(R"({"x":1,"y":2})", attachments).first == 8);
    CHECK(read(R"({"_placeholder":true,"num":1})", attachments) == Outcome(99, "malformed"));
}

TEST_CASE("what fits no alternative is a mismatch, and what is no JSON is malformed") {
    CHECK(read("[1,\"2\"]") == Outcome(99, "mismatch"));
    CHECK(read(R"({"x":1})") == Outcome(99, "mismatch"));
    CHECK(read(R"({"x":1,"z":[1,})") == Outcome(99, "malformed"));
    CHECK(read("[1,\"2\"") == Outcome(99, "malformed"));
    CHECK(read("") == Outcome(99, "malformed"));
}

TEST_CASE("variants may be nested, and what stands behind one is read in its place") {
    const auto trees = parse_json<std::vector<Tree>>(R"([{"branch":[{"branch":1},{"branch":null}]},{"branch":5}])");
    REQUIRE(trees.has_value());
    CHECK(to_json(*trees) == R"([{"branch":[{"branch":1},{"branch":null}]},{"branch":5}])");
    const auto pairs = parse_json<std::map<std::string, std::variant<int, std::string>>>(R"({"a":1,"b":"x"})");
    REQUIRE(pairs.has_value());
    CHECK(to_json(*pairs) == R"({"a":1,"b":"x"})");
}

TEST_CASE("what a peer nests in variants is read once") {
    std::string text = "0.5";
    for (int i = 0; i < 60; ++i)
        text = R"([{"branch":)" + text + "}]";
    // Were each level tried twice this would never end.
    CHECK_FALSE(parse_json<std::vector<Tree>>(text, {.depth_max = 1000}).has_value());
}
