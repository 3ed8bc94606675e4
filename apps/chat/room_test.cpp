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
