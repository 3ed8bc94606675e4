// SPDX-License-Identifier: MIT
#include "parley/json/codec.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string>

#include "parley/json/containers.hpp"

using namespace parley;

namespace chat {

struct Author {
    std::string name;
    std::optional<int> age;
};
PARLEY_JSON_FIELDS(Author, name, age)

struct Message {
    std::string text;
    Author author;
    std::vector<Message> replies;
    std::optional<Bytes> picture;
    Json extra;
};
PARLEY_JSON_FIELDS(Message, text, author, replies, picture, extra)

struct SecretHash {
    std::size_t operator()(const std::string& text) const { return std::hash<std::string>{}(text) ^ secret; }
    std::size_t secret = 0x5eed;
};

struct Nothing {};
PARLEY_JSON_FIELDS(Nothing)

struct Dated {
    explicit Dated(int number) : day(number) {}
    int day;
};
PARLEY_JSON_FIELDS(Dated, day)

struct Diary {
    Dated first{1};
};
PARLEY_JSON_FIELDS(Diary, first)

struct Many {
    int a1, a2, a3, a4, a5, a6, a7, a8, b1, b2, b3, b4, b5, b6, b7, b8;
    int c1, c2, c3, c4, c5, c6, c7, c8, d1, d2, d3, d4, d5, d6, d7, d8;
};
PARLEY_JSON_FIELDS(Many, a1, a2, a3, a4, a5, a6, a7, a8, b1, b2, b3, b4, b5, b6, b7, b8, c1, c2, c3, c4, c5, c6, c7, c8,
                   d1, d2, d3, d4, d5, d6, d7, d8)

enum class Color : std::uint8_t { red, green, blue };
PARLEY_JSON_ENUM(Color, red, green)

enum Level { low, high };
PARLEY_JSON_ENUM(Level, low, high)

struct Painting {
    enum class State { sold, open };
    Color color = Color::red;
    std::map<std::string, Level> levels;
    State state = State::open;
    unsigned char hash[3] = {};
};
PARLEY_JSON_ENUM(Painting::State, sold, open)
PARLEY_JSON_FIELDS(Painting, color, levels, state, hash)

}  // namespace chat

static_assert(JsonReadable<int> && JsonWritable<int>);
static_assert(JsonReadable<chat::Message> && JsonWritable<chat::Message>);
static_assert(JsonReadable<std::optional<std::vector<std::string>>>);
static_assert(JsonWritable<const char*> && JsonWritable<char[5]> && JsonWritable<std::string_view>);
static_assert(!JsonReadable<std::string_view> && !JsonReadable<const char*>, "nothing would own the text");
static_assert(!JsonReadable<char> && !JsonWritable<char>, "a character is no number");
struct Unlisted {};
static_assert(!JsonReadable<Unlisted> && !JsonWritable<Unlisted>);
static_assert(!JsonReadable<std::vector<Unlisted>> && !JsonWritable<std::vector<Unlisted>>);
static_assert(!JsonReadable<std::optional<Unlisted>> && !JsonWritable<std::optional<Unlisted>>);
static_assert(!JsonReadable<std::pair<int, Unlisted>> && !JsonWritable<std::pair<int, Unlisted>>);
static_assert(!JsonReadable<std::tuple<Unlisted>> && !JsonWritable<std::tuple<Unlisted>>);
static_assert(!JsonReadable<std::array<Unlisted, 2>> && !JsonWritable<std::array<Unlisted, 2>>);
static_assert(!JsonReadable<std::deque<Unlisted>> && !JsonWritable<std::deque<Unlisted>>);
static_assert(!JsonReadable<std::map<std::string, Unlisted>> && !JsonWritable<std::map<std::string, Unlisted>>);
static_assert(!JsonReadable<chat::Dated> && JsonWritable<chat::Dated>, "nothing to read it into can be made");

namespace {

// Whether `text` is read as a T, is good JSON but no T, or is malformed.
template <typename T>
std::string outcome(std::string_view text) {
    JsonReader reader(text);
    T value{};
    if (JsonCodec<T>::read(reader, value) && reader.at_end()) return "read";
    return reader.mismatched() ? "mismatch" : "malformed";
}

template <typename T>
T read_as(std::string_view text) {
    Result<T> value = parse_json<T>(text);
    REQUIRE_MESSAGE(value.has_value(), (value ? std::string() : value.error().message));
    return std::move(*value);
}

}  // namespace

TEST_CASE("an integer that does not fit its type is a mismatch") {
    CHECK(outcome<std::int8_t>("127") == "read");
    CHECK(outcome<std::int8_t>("128") == "mismatch");
    CHECK(outcome<std::int8_t>("-128") == "read");
    CHECK(outcome<std::int8_t>("-129") == "mismatch");
    CHECK(outcome<std::uint8_t>("255") == "read");
    CHECK(outcome<std::uint8_t>("256") == "mismatch");
    CHECK(outcome<std::uint8_t>("-1") == "mismatch");
    CHECK(outcome<int>("2147483648") == "mismatch");
    CHECK(outcome<int>("1.5") == "mismatch");
    CHECK(outcome<int>("1e3") == "read");
    CHECK(outcome<long long>("9223372036854775807") == "read");
    CHECK(outcome<unsigned long long>("18446744073709551615") == "read");
    CHECK(outcome<int>("1e999") == "malformed");
    CHECK(read_as<long long>("-7") == -7);
}

TEST_CASE("a float takes what fits it") {
    CHECK(read_as<float>("0.1") == 0.1F);
    CHECK(outcome<float>("1e39") == "mismatch");
    CHECK(outcome<float>("-1e39") == "mismatch");
    CHECK(outcome<double>("1e39") == "read");
    CHECK(to_json(0.25F) == "0.25");
}

TEST_CASE("an optional is null or its value") {
    CHECK(read_as<std::optional<int>>("null") == std::nullopt);
    CHECK(read_as<std::optional<int>>("3") == 3);
    CHECK(outcome<std::optional<int>>("\"x\"") == "mismatch");
    CHECK(to_json(std::optional<int>()) == "null");
    CHECK(to_json(std::optional<int>(3)) == "3");
}

TEST_CASE("a vector is an array and starts empty") {
    CHECK(read_as<std::vector<int>>("[1,2,3]") == std::vector{1, 2, 3});
    CHECK(read_as<std::vector<std::vector<bool>>>("[[true],[]]") == std::vector<std::vector<bool>>{{true}, {}});
    CHECK(outcome<std::vector<int>>("[1,\"2\"]") == "mismatch");
    CHECK(outcome<std::vector<int>>("{}") == "mismatch");
    CHECK(outcome<std::vector<int>>("[1,2") == "malformed");
    CHECK(to_json(std::vector<std::string>{"a", "b"}) == R"(["a","b"])");
    std::vector<int> kept{9};
    JsonReader reader("[1]");
    CHECK(reader.read(kept));
    CHECK(kept == std::vector{1});
}

TEST_CASE("whatever has a codec is a value in braces, too") {
    const std::vector<chat::Author> authors{{"Ada", 36}, {"Alan", {}}};
    const Json page{{"authors", authors},
                    {"first", authors[0]},
                    {"color", chat::Color::green},
                    {"levels", std::vector{chat::low, chat::high}},
                    {"none", std::optional<int>()},
                    {"some", std::optional<int>(3)},
                    {"pair", std::pair<int, std::string>(1, "b")}};
    CHECK(to_json(page) == R"({"authors":[{"name":"Ada","age":36},{"name":"Alan"}],"first":{"name":"Ada","age":36},)"
                           R"("color":"green","levels":["low","high"],"none":null,"some":3,"pair":[1,"b"]})");
    CHECK(page["color"] == chat::Color::green);
    CHECK(Json::array({authors[1], 7}).size() == 2);
    Json grown;
    grown.set("authors", authors).set("color", chat::Color::red);
    CHECK(grown["authors"][0].get<chat::Author>()->name == "Ada");
    CHECK_FALSE(std::is_convertible_v<Unlisted, Json>);
    CHECK_FALSE(std::is_convertible_v<std::vector<Unlisted>, Json>);
}

TEST_CASE("a struct is an object with the members that were listed") {
    const chat::Message message = read_as<chat::Message>(
        R"({"unknown":[{"x":1}],"author":{"name":"Ada"},"text":"hi","extra":{"a":[1]},)"
        R"("replies":[{"text":"re","author":{"name":"Bob","age":3},"replies":[],"extra":null}],"text":"last wins"})");
    CHECK(message.text == "last wins");
    CHECK(message.author.name == "Ada");
    CHECK_FALSE(message.author.age.has_value());
    REQUIRE(message.replies.size() == 1);
    CHECK(message.replies[0].author.age == 3);
    CHECK(message.extra["a"][0] == 1);
    CHECK(to_json(message) == R"({"text":"last wins","author":{"name":"Ada"},"replies":[{"text":"re",)"
                              R"("author":{"name":"Bob","age":3},"replies":[],"extra":null}],"extra":{"a":[1]}})");
}

TEST_CASE("a member that is missing or of another type is a mismatch, unless it is optional") {
    CHECK(outcome<chat::Author>(R"({"name":"Ada"})") == "read");
    CHECK(outcome<chat::Author>(R"({"name":"Ada","age":null})") == "read");
    CHECK(outcome<chat::Author>(R"({"age":1})") == "mismatch");
    CHECK(outcome<chat::Author>(R"({})") == "mismatch");
    CHECK(outcome<chat::Author>(R"({"name":1})") == "mismatch");
    CHECK(outcome<chat::Author>(R"({"name":"Ada","age":"old"})") == "mismatch");
    CHECK(outcome<chat::Author>(R"([])") == "mismatch");
    CHECK(outcome<chat::Author>(R"({"name":"Ada",})") == "malformed");
    CHECK(outcome<chat::Author>(R"({"name":"Ada","other":[1,}])") == "malformed");
    CHECK(outcome<chat::Nothing>(R"({"any":1})") == "read");
    CHECK(to_json(chat::Nothing{}) == "{}");
}

TEST_CASE("an optional member that is missing is emptied, whatever it held") {
    chat::Author author{"old", 5};
    JsonReader reader(R"({"name":"new"})");
    CHECK(reader.read(author));
    CHECK_FALSE(author.age.has_value());
}

TEST_CASE("a struct may have 32 members") {
    chat::Many many{};
    many.a1 = 1;
    many.d8 = 32;
    const chat::Many copy = read_as<chat::Many>(to_json(many));
    CHECK(copy.a1 == 1);
    CHECK(copy.d8 == 32);
    CHECK(outcome<chat::Many>(R"({"a1":1})") == "mismatch");
}

TEST_CASE("binary members travel beside the text") {
    chat::Message message{"hi", {"Ada", {}}, {}, to_bytes("picture"), Json::object({{"raw", to_bytes("raw")}})};
    std::string text;
    std::vector<BytesView> attachments;
    JsonWriter(text, &attachments).value(message);
    REQUIRE(attachments.size() == 2);
    JsonReader reader(text, attachments);
    chat::Message copy;
    REQUIRE(reader.read(copy));
    CHECK(copy.picture == message.picture);
    CHECK(copy.extra == message.extra);
}

TEST_CASE("values become types and types become values") {
    CHECK(Json(3).get<int>() == 3);
    CHECK(Json(3.0).get<std::uint8_t>() == 3);
    CHECK_FALSE(Json(300).get<std::uint8_t>().has_value());
    CHECK(Json("x").get<std::string>() == "x");
    CHECK_FALSE(Json(1).get<std::string>().has_value());
    CHECK(Json(true).get<bool>() == true);
    CHECK(Json(1).get<double>() == 1.0);
    CHECK(Json(to_bytes("x")).get<Bytes>() == to_bytes("x"));
    CHECK(Json::array({1, 2}).get<std::vector<int>>() == std::vector{1, 2});
    CHECK(Json::object({{"name", "Ada"}}).get<chat::Author>()->name == "Ada");
    CHECK_FALSE(Json::object({{"name", 1}}).get<chat::Author>().has_value());
    CHECK(Json(nullptr).get<std::optional<int>>()->has_value() == false);
    CHECK(Json(5).get<Json>() == Json(5));

    CHECK(Json::from(chat::Author{"Ada", 36}) == Json::object({{"name", "Ada"}, {"age", 36}}));
    const chat::Message message{"hi", {"Ada", {}}, {}, to_bytes("picture"), {}};
    CHECK(Json::from(message)["picture"] == Json(to_bytes("picture")));
    CHECK(Json::from(message).get<chat::Message>()->picture == to_bytes("picture"));
}

TEST_CASE("the standard containers have codecs of their own header") {
    const std::map<std::string, std::vector<int>> map{{"a", {1}}, {"b", {}}};
    CHECK(to_json(map) == R"({"a":[1],"b":[]})");
    CHECK(read_as<std::map<std::string, std::vector<int>>>(to_json(map)) == map);
    CHECK(read_as<std::unordered_map<std::string, int, chat::SecretHash>>(R"({"a":1,"a":2})").at("a") == 2);
    CHECK(to_json(std::unordered_map<std::string, int>{{"a", 1}}) == R"({"a":1})");
    static_assert(!JsonReadable<std::unordered_map<std::string, int>>);
    static_assert(!JsonReadable<std::unordered_set<int>>);
    static_assert(JsonWritable<std::unordered_set<int>>);
    CHECK(read_as<std::set<int>>("[2,1,2]") == std::set{1, 2});
    CHECK(read_as<std::deque<int>>("[2,1]") == std::deque{2, 1});
    CHECK(read_as<std::array<int, 2>>("[1,2]") == std::array{1, 2});
    CHECK(outcome<std::array<int, 2>>("[1]") == "mismatch");
    CHECK(outcome<std::array<int, 2>>("[1,2,3]") == "mismatch");
    CHECK(outcome<std::array<int, 2>>("[1,") == "malformed");
    CHECK(read_as<std::pair<int, std::string>>(R"([1,"a"])") == std::pair(1, std::string("a")));
    CHECK(outcome<std::pair<int, int>>("[1]") == "mismatch");
    CHECK(outcome<std::pair<int, int>>("[1,2,3]") == "mismatch");
    CHECK(outcome<std::pair<int, int>>("[1,2") == "malformed");
    using Tuple = std::tuple<int, std::string, bool>;
    CHECK(read_as<Tuple>(R"([1,"a",true])") == Tuple(1, "a", true));
    CHECK(to_json(Tuple(1, "a", true)) == R"([1,"a",true])");
    CHECK(outcome<Tuple>(R"([1,"a"])") == "mismatch");
    CHECK(outcome<Tuple>(R"([1,"a",true,2])") == "mismatch");
    CHECK(read_as<std::tuple<>>("[]") == std::tuple<>());
}

TEST_CASE("a member that cannot be made is read into where it stands") {
    CHECK(read_as<chat::Diary>(R"({"first":{"day":7}})").first.day == 7);
}

TEST_CASE("what is wrong with a member is told with its name, the innermost") {
    const auto message = []<typename T>(std::string_view text, T) { return parse_json<T>(text).error().message; };
    CHECK(message("{}", chat::Author{}) == "JSON: member \"name\" is missing");
    CHECK(message(R"({"name":"Ada","age":"old"})", chat::Author{}) ==
          "JSON: member \"age\": expected a number at octet 20");
    CHECK(message(R"({"name":"Ada","age":3000000000})", chat::Author{}) ==
          "JSON: member \"age\": expected a number that fits at octet 30");
    CHECK(message(R"({"text":"hi","author":{"age":1}})", chat::Message{}) == "JSON: member \"name\" is missing");
    CHECK(message(R"({"text":"hi","author":{"name":[]}})", chat::Message{}) ==
          "JSON: member \"name\": expected a string at octet 30");
    CHECK(message(R"({"replies":[1]})", chat::Message{}) == "JSON: member \"replies\": expected an object at octet 12");
    CHECK(message(R"({"name":"Ada)", chat::Author{}) == "JSON: member \"name\": the text ends too early at octet 12");
    CHECK(message(R"([{"name":"Ada"},{}])", std::vector<chat::Author>{}) == "JSON: member \"name\" is missing");
    CHECK(parse_json<chat::Author>("{}").error().code == ErrorCode::invalid_argument);
}

TEST_CASE("the key of a map is named as JSON writes it, unless it is very long") {
    using Map = std::map<std::string, int>;
    CHECK(parse_json<Map>(R"({"a\n\"":true})").error().message ==
          R"(JSON: member "a\n\"": expected a number at octet 9)");
    CHECK(parse_json<Map>("{\"" + std::string(101, 'k') + "\":1.5}").error().message ==
          "JSON: expected a whole number of 64 bits at octet 105");
}

TEST_CASE("one text of a type is read to its end") {
    CHECK_FALSE(parse_json<int>("1 2").has_value());
    CHECK(parse_json<int>(" 1 ") == 1);
    CHECK(parse_json<int>("\"x\"").error().message == "JSON: expected a number at octet 0");
    CHECK(parse_json<chat::Author>("{}").error().code == ErrorCode::invalid_argument);
}

TEST_CASE("an enum is the name of its enumerator, and nothing else is read") {
    CHECK(read_as<chat::Color>("\"green\"") == chat::Color::green);
    CHECK(to_json(chat::Color::green) == "\"green\"");
    CHECK(to_json(chat::high) == "\"high\"");
    CHECK(to_json(chat::Color::blue) == "null");
    for (const char* const other : {"\"blue\"", "\"Green\"", "\"\"", "1", "null", "[]"})
        CHECK(outcome<chat::Color>(other) == "mismatch");
    CHECK(Json(Json::from(chat::Color::red)) == "red");
    CHECK(Json("green").get<chat::Color>() == chat::Color::green);
    CHECK(to_json(std::optional(chat::low)) == "\"low\"");
}

TEST_CASE("octets are a binary value, whatever holds them") {
    const std::vector<std::uint8_t> vector{1, 2};
    const std::array<std::uint8_t, 2> array{1, 2};
    const unsigned char plain[] = {1, 2};
    const Json binary = to_bytes("\x01\x02");
    CHECK(Json(vector) == binary);
    CHECK(Json(plain) == binary);
    CHECK(Json::from(vector) == binary);
    CHECK(Json::from(array) == binary);
    CHECK(Json::from(std::array{std::byte{1}, std::byte{2}}) == binary);
    CHECK(Json::from(std::span(vector)) == binary);
    CHECK(Json::from(std::span(plain)) == binary);
    CHECK(binary.get<std::vector<std::uint8_t>>() == vector);
    CHECK(binary.get<std::array<std::uint8_t, 2>>() == array);
    CHECK_FALSE(binary.get<std::array<std::uint8_t, 3>>().has_value());
    CHECK_FALSE(Json::array({1, 2}).get<std::vector<std::uint8_t>>().has_value());
    CHECK(Json::array({1, 2}).get<std::vector<std::int16_t>>() == std::vector<std::int16_t>{1, 2});
}

TEST_CASE("octets with a sign are a binary value, and one alone is a number") {
    const std::vector<std::int8_t> vector{-1, 2};
    const std::array<std::int8_t, 2> array{-1, 2};
    const signed char plain[] = {-1, 2};
    const Json binary = to_bytes("\xFF\x02");
    CHECK(Json(vector) == binary);
    CHECK(Json(plain) == binary);
    CHECK(Json::from(array) == binary);
    CHECK(Json::from(std::span(vector)) == binary);
    CHECK(Json{{"samples", vector}} == Json{{"samples", binary}});
    CHECK(binary.get<std::vector<std::int8_t>>() == vector);
    CHECK(binary.get<std::array<std::int8_t, 2>>() == array);
    CHECK_FALSE(Json::array({1, 2}).get<std::vector<std::int8_t>>().has_value());
    CHECK(to_json(std::int8_t{-7}) == "-7");
    CHECK(Json(-7).get<std::int8_t>() == std::int8_t{-7});
}

TEST_CASE("a struct of enums, maps and octets is read as it was written") {
    chat::Painting painting;
    painting.levels = {{"sky", chat::high}};
    painting.hash[2] = 7;
    const Json written = Json::from(painting);
    CHECK(written["hash"].is_binary());
    const auto read = written.get<chat::Painting>();
    REQUIRE(read.has_value());
    CHECK(Json::from(*read) == written);
    CHECK(written["state"] == "open");
}
