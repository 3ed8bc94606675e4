// SPDX-License-Identifier: MIT
#include "apps/chat/room.hpp"

#include <doctest/doctest.h>

using namespace parley::chat;

TEST_CASE("a room tells who is inside and what was said last") {
    const Limits limits{.history_messages_max = 3};
    Room room(limits, 900);
    const Member ada{"a", "Ada"};
    room.enter(ada);
    room.enter({"b", "Bob"});
    for (int i = 0; i < 5; ++i)
        CHECK(room.post(ada, {"k" + std::to_string(i), "text"}, 1000 + i).is_new);

    const Welcome welcome = room.welcome("tea", {"b", "Bob"});
    CHECK(welcome.room == "tea");
    CHECK(welcome.since == 900);
    CHECK(welcome.members.size() == 2);
    REQUIRE(welcome.history.size() == 3);
    CHECK(welcome.history.front().id == 2);
    CHECK(welcome.history.back().id == 4);
    CHECK(welcome.history.back().time == 1004);

    room.leave("a");
    CHECK(room.welcome("tea", {"b", "Bob"}).members.size() == 1);
    room.leave("b");
    CHECK(room.is_empty());
}

TEST_CASE("a history is bounded in octets too, and keeps the latest message whatever its size") {
    const Member ada{"a", "Ada"};
    const std::string text(100, 'x');
    const auto kept_with = [&](std::size_t bytes_max) {
        const Limits limits{.history_bytes_max = bytes_max};
        Room room(limits, 900);
        for (const char* key : {"1", "2", "3", "4"})
            room.post(ada, {key, text}, 1000);
        return room.welcome("tea", ada).history;
    };
    const std::size_t each = parley::to_json(kept_with(1'000'000).front()).size() + 1;
    CHECK(kept_with(4 * each).size() == 4);
    CHECK(kept_with(4 * each - 1).size() == 3);
    CHECK(kept_with(3 * each).size() == 3);
    REQUIRE(kept_with(1).size() == 1);
    CHECK(kept_with(1).front().key == "4");
}

TEST_CASE("a welcome at all maxima together stays below 256 KiB, whatever the messages are made of") {
    const Limits limits;
    std::string fox_name;
    std::string foxes;
    for (std::size_t i = 0; i < limits.name_characters_max; ++i)
        fox_name += "🦊";
    for (std::size_t i = 0; i < limits.text_characters_max; ++i)
        foxes += "🦊";
    // The longest as it is, the longest by its escapes, and as many short ones as are kept.
    for (const std::string& text : {foxes, std::string(limits.text_characters_max, '"'), std::string(1000, '\n')}) {
        Room room(limits, 1'900'000'000'000);
        Member member;
        while (!room.is_full()) {
            const std::string number = std::to_string(room.welcome("", {}).members.size());
            member = {std::string(20 - number.size(), 'x') + number, fox_name};
            room.enter(member);
        }
        for (int i = 0; i < 150; ++i) {
            std::string key = std::to_string(i);
            key.resize(limits.key_bytes_max, 'k');
            room.post(member, {std::move(key), text}, 1'900'000'000'000);
        }
        const Welcome welcome = room.welcome(fox_name, member);
        CHECK(welcome.members.size() == limits.members_max);
        CHECK(welcome.history.size() <= limits.history_messages_max);
        const std::size_t bytes = parley::to_json(welcome).size();
        CHECK(bytes > 128 * 1024);
        CHECK(bytes < 256 * 1024);
    }
}

TEST_CASE("a room is full with its last member") {
    const Limits limits{.members_max = 2};
    Room room(limits, 900);
    room.enter({"a", "Ada"});
    CHECK_FALSE(room.is_full());
    room.enter({"b", "Bob"});
    CHECK(room.is_full());
}

TEST_CASE("a draft that comes twice becomes one message") {
    const Limits limits;
    Room room(limits, 900);
    const Member ada{"a", "Ada"};
    const std::int64_t id = room.post(ada, {"key", "hello"}, 1).message.id;
    const Room::Posted again = room.post({"a2", "Ada"}, {"key", "hello"}, 2);
    CHECK_FALSE(again.is_new);
    CHECK(again.message.id == id);
    CHECK(again.message.time == 1);
    CHECK(room.welcome("x", ada).history.size() == 1);
}

TEST_CASE("there are at most so many rooms, and an empty one makes place") {
    const Limits limits{.rooms_max = 2};
    Rooms rooms(limits);
    REQUIRE(rooms.open("a", 1) != nullptr);
    rooms.open("a", 1)->enter({"1", "Ada"});
    REQUIRE(rooms.open("b", 1) != nullptr);
    CHECK(rooms.open("c", 1) == nullptr);
    rooms.close_if_empty("a");
    CHECK(rooms.open("c", 1) == nullptr);
    rooms.close_if_empty("b");
    CHECK(rooms.open("c", 1) != nullptr);
    CHECK(rooms.size() == 2);
}
