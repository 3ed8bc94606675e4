// SPDX-License-Identifier: MIT
#include "parley/json/json.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include "parley/json/codec.hpp"

using namespace parley;

namespace {

const std::string long_text(40, 'x');

Json sample() {
    return Json::object({{"null", nullptr},
                         {"yes", true},
                         {"int", -5},
                         {"large", UINT64_MAX},
                         {"half", 0.5},
                         {"short", "text"},
                         {"long", long_text},
                         {"octets", to_bytes("\x01\x02")},
                         {"list", Json::array({1, "two", Json::array()})},
                         {"empty", Json::object()}});
}

// A value that is `depth` deep, made without reading any text.
Json deep(std::size_t depth, bool objects) {
    Json value = 1;
    for (std::size_t i = 0; i < depth; ++i) {
        Json outer = objects ? Json::object() : Json::array();
        if (objects) {
            outer.set("a", std::move(value));
        } else {
            outer.push_back(std::move(value));
        }
        value = std::move(outer);
    }
    return value;
}

}  // namespace

TEST_CASE("a value is 16 octets") {
    CHECK(sizeof(Json) == 16);
}

TEST_CASE("each kind of value is made from its C++ counterpart and says what it is") {
    CHECK(Json().is_null());
    CHECK(Json(nullptr).is_null());
    CHECK(Json(false).as_bool() == false);
    CHECK(Json(true).as_bool() == true);
    CHECK(Json(1).type() == Json::Type::int64);
    CHECK(Json(short{-3}).as_int64() == -3);
    CHECK(Json(std::uint8_t{255}).as_int64() == 255);
    CHECK(Json(UINT64_MAX).type() == Json::Type::uint64);
    CHECK(Json(std::uint64_t{7}).type() == Json::Type::int64);
    CHECK(Json(1.5F).as_double() == 1.5);
    CHECK(Json("text").as_string() == "text");
    CHECK(Json(std::string(14, 'a')).as_string() == std::string(14, 'a'));
    CHECK(Json(std::string(15, 'a')).as_string() == std::string(15, 'a'));
    CHECK(Json(std::string("a\0b", 3)).as_string() == std::string_view("a\0b", 3));
    CHECK(Json("").as_string() == "");
    CHECK(as_chars(*Json(to_bytes("octets")).as_binary()) == "octets");
    CHECK(as_chars(*Json(as_bytes(long_text)).as_binary()) == long_text);
    CHECK(Json(std::vector<int>{1, 2}).size() == 2);
    CHECK(Json(std::vector<std::string>{"a"})[0].as_string() == "a");
    CHECK(Json(std::vector<bool>{true, false})[1].as_bool() == false);
    CHECK(Json(std::vector<std::vector<int>>{{1}, {}})[0][0] == 1);
    CHECK(Json::array().is_array());
    CHECK(Json::object().is_object());
}

TEST_CASE("braces of names and values are an object, nested ones too") {
    const Json reply{{"ok", true}, {"user", {{"name", "Ada"}, {"age", 36}}}, {"tags", Json::array({"a", "b"})}};
    CHECK(to_json(reply) == R"({"ok":true,"user":{"name":"Ada","age":36},"tags":["a","b"]})");
    const Json one{{"a", "b"}};
    CHECK(to_json(one) == R"({"a":"b"})");
    const std::string key = "computed";
    CHECK(to_json(Json{{key, 1}, {key, 2}}) == R"({"computed":2})");
    // Braces around one value are that value, as of any type.
    const Json copy{reply};
    CHECK(copy == reply);
    CHECK(Json{5} == 5);
    CHECK(Json{"text"} == "text");
    CHECK(Json{}.is_null());
    Json grown;
    grown.set("user", {{"name", "Ada"}}).set("n", 1);
    CHECK(to_json(grown) == R"({"user":{"name":"Ada"},"n":1})");
}

TEST_CASE("a value may be asked for with a default") {
    const Json settings{{"port", 80}, {"host", "here"}, {"quiet", true}, {"list", Json::array({1, 2})}};
    CHECK(settings["port"].get_or(8080) == 80);
    CHECK(settings["none"].get_or(8080) == 8080);
    CHECK(settings["host"].get_or(8080) == 8080);
    CHECK(settings["host"].get_or("there") == "here");
    CHECK(settings["port"].get_or("there") == "there");
    CHECK(settings["host"].get_or(std::string("there")) == "here");
    CHECK(settings["quiet"].get_or(false));
    CHECK(settings["list"].get_or(std::vector<int>{}) == std::vector{1, 2});
    CHECK(settings["port"].get_or(std::vector<int>{3}) == std::vector{3});
}

TEST_CASE("asking for another kind gives nothing") {
    const Json values[] = {nullptr, true, 1, 1.5, "text", Bytes{}, Json::array({1}), Json::object({{"a", 1}})};
    for (const Json& value : values) {
        CHECK(value.as_bool().has_value() == value.is_bool());
        CHECK(value.as_double().has_value() == value.is_number());
        CHECK(value.as_string().has_value() == value.is_string());
        CHECK(value.as_binary().has_value() == value.is_binary());
        CHECK(value.elements().empty() == !value.is_array());
        CHECK(value.members().empty() == !value.is_object());
        CHECK((value.size() == 1) == (value.is_array() || value.is_object()));
        CHECK(value["a"].is_null() == !value.is_object());
        CHECK(value[0].is_null() == !value.is_array());
        CHECK(value[1].is_null());
        CHECK(value["b"].is_null());
        CHECK(value["a"]["b"][3]["c"].is_null());
    }
}

TEST_CASE("a number is any number type that holds it exactly") {
    CHECK(Json(3.0).as_int64() == 3);
    CHECK(Json(3.0).as_uint64() == 3);
    CHECK_FALSE(Json(3.5).as_int64().has_value());
    CHECK_FALSE(Json(-1).as_uint64().has_value());
    CHECK_FALSE(Json(-1.0).as_uint64().has_value());
    CHECK(Json(-0.0).as_uint64() == 0);
    CHECK_FALSE(Json(UINT64_MAX).as_int64().has_value());
    CHECK(Json(UINT64_MAX).as_uint64() == UINT64_MAX);
    CHECK(Json(-0x1p63).as_int64() == INT64_MIN);
    CHECK_FALSE(Json(0x1p63).as_int64().has_value());
    CHECK(Json(0x1p63).as_uint64() == std::uint64_t{1} << 63);
    CHECK_FALSE(Json(0x1p64).as_uint64().has_value());
    for (const double odd : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
        CHECK_FALSE(Json(odd).as_int64().has_value());
        CHECK_FALSE(Json(odd).as_uint64().has_value());
    }
    CHECK(Json(UINT64_MAX).as_double() == 0x1p64);
}

TEST_CASE("numbers compare by value, whatever holds them") {
    CHECK(Json(1) == Json(1.0));
    CHECK(Json(1.0) == Json(1U));
    CHECK(Json(UINT64_MAX) != Json(0x1p64));
    CHECK(Json(0x1p63) == Json(std::uint64_t{1} << 63));
    CHECK(Json(9007199254740993) != Json(9007199254740992.0));
    CHECK(Json(-1) != Json(UINT64_MAX));
    CHECK(Json(1.5) == Json(1.5));
    CHECK(Json(1.5) != Json(1));
    CHECK(Json(0.0) == Json(-0.0));
    CHECK(Json(std::numeric_limits<double>::quiet_NaN()) != Json(std::numeric_limits<double>::quiet_NaN()));
    CHECK(Json(1) != Json(true));
    CHECK(Json(0) != Json(nullptr));
}

TEST_CASE("values compare by contents, members without regard to order") {
    CHECK(sample() == sample());
    CHECK(Json::object({{"a", 1}, {"b", 2}}) == Json::object({{"b", 2}, {"a", 1}}));
    CHECK(Json::object({{"a", 1}, {"b", 2}}) != Json::object({{"a", 1}, {"c", 2}}));
    CHECK(Json::object({{"a", 1}}) != Json::object({{"a", 1}, {"b", 2}}));
    CHECK(Json::object({{"a", 1}, {"b", 2}}) != Json::object({{"b", 1}, {"a", 2}}));
    CHECK(Json::array({1, 2}) != Json::array({2, 1}));
    CHECK(Json::array({1, 2}) != Json::array({1}));
    CHECK(Json::array() != Json::object());
    CHECK(Json("a") != Json(to_bytes("a")));
    CHECK(Json(long_text) == Json(long_text));
    CHECK(Json(long_text) != Json(long_text + "x"));
    Json changed = sample();
    changed.find("list")->elements()[2].push_back(1);
    CHECK(changed != sample());
}

TEST_CASE("members keep their order and their places") {
    Json value = Json::object({{"a", 1}, {"b", 2}, {"a", 3}});
    value.set("c", 4).set("b", "changed");
    std::string seen;
    for (const auto& [key, member] : value.members())
        seen += key + (member.is_string() ? "!" : ".");
    CHECK(seen == "a.b!c.");
    CHECK(value["a"] == 3);
    CHECK(value.contains("c"));
    CHECK(value.find("d") == nullptr);
    *value.find("c") = nullptr;
    CHECK(value.find("c") != nullptr);
    CHECK(value["c"].is_null());
    CHECK(value.erase("a"));
    CHECK_FALSE(value.erase("a"));
    CHECK(value.members()[0].key == "b");
    CHECK(value.size() == 2);
}

TEST_CASE("null grows into what is added to it; other values stay what they are") {
    Json list;
    for (int i = 0; i < 100; ++i)
        list.push_back(i);
    CHECK(list.size() == 100);
    CHECK(list[99] == 99);
    CHECK(list.erase(0));
    CHECK(list[0] == 1);
    CHECK_FALSE(list.erase(99));

    Json object;
    object.set("a", 1);
    CHECK(object.is_object());
    object.push_back(1);
    CHECK(object.size() == 1);
    list.set("a", 1);
    CHECK(list.size() == 99);
    Json text = "text";
    text.set("a", 1).push_back(2);
    CHECK(text == "text");
    CHECK_FALSE(text.erase(0));

    const Json built = Json::object().set("list", Json::array().push_back(1).push_back("x")).set("n", 2);
    CHECK(built == Json::object({{"n", 2}, {"list", Json::array({1, "x"})}}));
}

TEST_CASE("a copy is independent, a moved-from value is null, and assigning a part to the whole is safe") {
    Json original = sample();
    Json copy = original;
    copy.set("int", 6);
    copy.find("list")->push_back(4);
    CHECK(original["int"] == -5);
    CHECK(original["list"].size() == 3);
    CHECK(copy["list"].size() == 4);

    Json moved = std::move(original);
    CHECK(moved == sample());
    moved = Json(moved["list"]);
    CHECK(moved.size() == 3);
    moved = moved[1];
    CHECK(moved == "two");
    Json tree = sample();
    tree = std::move(*tree.find("list"));
    CHECK(tree.size() == 3);
    tree = *&tree;
    CHECK(tree.size() == 3);
    tree.push_back(tree);
    CHECK(tree[3].size() == 3);
    tree.set("ignored", tree);
    CHECK(tree.size() == 4);
}

TEST_CASE("a value may be as deep as memory allows: it is copied, compared, written and freed without recursion") {
    for (const bool objects : {false, true}) {
        Json value = deep(200'000, objects);
        const Json copy = value;
        CHECK(copy == value);
        const std::string text = to_json(value);
        CHECK(text.size() == (objects ? 200'000 * 6 + 1 : 200'000 * 2 + 1));
        CHECK(copy != deep(199'999, objects));
        value = nullptr;
    }
}
