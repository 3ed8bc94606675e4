// SPDX-License-Identifier: MIT
#include "apps/chat/room.hpp"

#include <doctest/doctest.h>

using namespace parley::chat;

namespace {

/// Somebody whose identity is their own name.
Visitor visitor(const std::string& id, const std::string& name) {
    return {{id, name}, name};
}

/// A message that was kept.
Said said(std::int64_t id, const Visitor& sender, const std::string& text = "text") {
    return {{id, sender.member.id, sender.member.name, text, 1000 + id}, "k" + std::to_string(id), sender.identity};
}

/// A room of which nothing was kept before.
Room loaded_room(const Limits& limits) {
    Room room(limits, 900);
    room.load({});
    return room;
}

}  // namespace

TEST_CASE("a room tells who is inside and what was said last") {
    const Limits limits{.history_messages_max = 3};
    Room room(limits, 900);
    CHECK_FALSE(room.is_loaded());
    room.load({});
    CHECK(room.is_loaded());
    const Visitor ada = visitor("a", "Ada");
    room.enter(ada);
    room.enter(visitor("b", "Bob"));
    for (int i = 0; i < 5; ++i)
        room.add(said(i, ada));
    CHECK(room.next_id() == 5);

    const Welcome welcome = room.welcome("tea", visitor("b", "Bob"));
    CHECK(welcome.room == "tea");
    CHECK(welcome.since == 900);
    CHECK(welcome.members.size() == 2);
    REQUIRE(welcome.history.size() == 3);
    CHECK(welcome.history.front().id == 2);
    CHECK(welcome.history.back().id == 4);
    CHECK(welcome.history.back().time == 1004);

    room.leave("a");
    CHECK(room.welcome("tea", visitor("b", "Bob")).members.size() == 1);
    room.leave("b");
    CHECK(room.is_empty());
}

TEST_CASE("a room goes on where it was kept, with what was said while it was read") {
    const Limits limits;
    const Visitor ada = visitor("a", "Ada");
    Room room(limits, 900);
    room.add(said(42, ada, "meanwhile"));
    room.add(said(43, ada));
    room.load({.since = 500, .next_id = 43, .messages = {said(40, ada), said(41, ada), said(42, ada)}});
    const Welcome welcome = room.welcome("tea", ada);
    CHECK(welcome.since == 500);
    CHECK(room.next_id() == 44);
    REQUIRE(welcome.history.size() == 4);
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(welcome.history[i].id == 40 + static_cast<std::int64_t>(i));
    CHECK(welcome.history[2].text == "meanwhile");
}

TEST_CASE("a history is bounded in octets too, and keeps the latest message whatever its size") {
    const Visitor ada = visitor("a", "Ada");
    const std::string text(100, 'x');
    const auto kept_with = [&](std::size_t bytes_max) {
        const Limits limits{.history_bytes_max = bytes_max};
        Room room = loaded_room(limits);
        for (int i = 0; i < 4; ++i)
            room.add(said(i, ada, text));
        return room.welcome("tea", ada).history;
    };
    const std::size_t each = bytes_of(said(0, ada, text));
    CHECK(kept_with(4 * each).size() == 4);
    CHECK(kept_with(4 * each - 1).size() == 3);
    CHECK(kept_with(3 * each).size() == 3);
    REQUIRE(kept_with(1).size() == 1);
    CHECK(kept_with(1).front().id == 3);
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
        Room room = loaded_room(limits);
        Visitor member;
        while (!room.is_full()) {
            const std::string number = std::to_string(room.welcome("", {}).members.size());
            member = {{std::string(20 - number.size(), 'x') + number, fox_name},
                      std::string(limits.secret_bytes_max, 's')};
            room.enter(member);
        }
        for (int i = 0; i < 150; ++i) {
            std::string key = std::to_string(i);
            key.resize(limits.key_bytes_max, 'k');
            room.add({{i, member.member.id, fox_name, text, 1'900'000'000'000}, key, member.identity});
        }
        const Welcome welcome = room.welcome(fox_name, member);
        CHECK(welcome.members.size() == limits.members_max);
        CHECK(welcome.history.size() <= limits.history_messages_max);
        CHECK(welcome.yours.size() == welcome.history.size());
        const std::size_t bytes = parley::to_json(welcome).size();
        CHECK(bytes > 128 * 1024);
        CHECK(bytes < 256 * 1024);
    }
}

TEST_CASE("a room is full with its last member") {
    const Limits limits{.members_max = 2};
    Room room(limits, 900);
    room.enter(visitor("a", "Ada"));
    CHECK_FALSE(room.is_full());
    room.enter(visitor("b", "Bob"));
    CHECK(room.is_full());
}

TEST_CASE("whose a message is tells the identity, not the name or the key") {
    const Limits limits;
    Room room = loaded_room(limits);
    room.add(said(0, visitor("a", "Ada")));
    room.add(said(1, visitor("m", "Mallory")));
    const Welcome welcome = room.welcome("x", visitor("a2", "Ada"));
    REQUIRE(welcome.yours.size() == 1);
    CHECK(welcome.yours[0].id == 0);
    CHECK(welcome.yours[0].key == "k0");
    CHECK(room.welcome("x", visitor("b", "Bob")).yours.empty());
}

TEST_CASE("a name belongs to one person at a time, who may be there several times") {
    const Limits limits;
    Room room(limits, 900);
    room.enter({{"1", "Ada"}, "secret"});
    CHECK(room.is_taken("Ada", "other"));
    CHECK(room.is_taken("aDA", "other"));
    CHECK_FALSE(room.is_taken("Ada", "secret"));
    CHECK_FALSE(room.is_taken("Ada 2", "other"));
    room.enter({{"2", "ada"}, "secret"});
    room.leave("1");
    CHECK(room.is_taken("Ada", "other"));
    room.leave("2");
    CHECK_FALSE(room.is_taken("Ada", "other"));
}

TEST_CASE("all histories together are bounded, and the longest silent room forgets first") {
    const Visitor ada = visitor("a", "Ada");
    const auto begin = [&](Rooms& rooms, const std::string& name) {
        rooms.open(name, 1)->enter(ada);
        rooms.load(name, {});
        rooms.add(name, said(0, ada));
    };
    const Limits unbounded;
    Rooms sample(unbounded);
    begin(sample, "a");
    const std::size_t each = sample.histories_memory();

    const Limits limits{.histories_bytes_max = 3 * each};
    Rooms rooms(limits);
    for (const char* name : {"a", "b", "c"})
        begin(rooms, name);
    CHECK(rooms.histories_memory() == 3 * each);
    const auto kept = [&](const char* name) { return rooms.find(name)->welcome(name, ada).history.size(); };
    rooms.add("a", said(1, ada));
    CHECK(kept("a") == 2);
    CHECK(kept("b") == 0);
    CHECK_FALSE(rooms.find("b")->is_loaded());
    CHECK(kept("c") == 1);
    CHECK(rooms.histories_memory() == 3 * each);

    rooms.add("b", said(1, ada));
    CHECK(kept("c") == 0);
    rooms.load("b", {.since = 1, .next_id = 2, .messages = {said(0, ada), said(1, ada)}});
    CHECK(kept("b") == 2);
    CHECK(kept("a") == 0);
    CHECK(rooms.histories_memory() == 2 * each);
    rooms.find("b")->leave("a");
    rooms.close_if_empty("b");
    CHECK(rooms.histories_memory() == 0);
}

TEST_CASE("the room that spoke last keeps its history, whatever the bound") {
    const Visitor ada = visitor("a", "Ada");
    const Limits limits{.histories_bytes_max = 1};
    Rooms rooms(limits);
    rooms.open("a", 1)->enter(ada);
    rooms.load("a", {});
    rooms.add("a", said(0, ada));
    rooms.add("a", said(1, ada));
    CHECK(rooms.find("a")->welcome("a", ada).history.size() == 2);
}

TEST_CASE("a room that is held stays although nobody is in it") {
    const Limits limits;
    Rooms rooms(limits);
    Room* const room = rooms.open("a", 1);
    room->hold();
    rooms.close_if_empty("a");
    REQUIRE(rooms.find("a") == room);
    room->release();
    rooms.close_if_empty("a");
    CHECK(rooms.find("a") == nullptr);
}

TEST_CASE("there are at most so many rooms, and an empty one makes place") {
    const Limits limits{.rooms_max = 2};
    Rooms rooms(limits);
    REQUIRE(rooms.open("a", 1) != nullptr);
    rooms.open("a", 1)->enter(visitor("1", "Ada"));
    REQUIRE(rooms.open("b", 1) != nullptr);
    CHECK(rooms.open("c", 1) == nullptr);
    rooms.close_if_empty("a");
    CHECK(rooms.open("c", 1) == nullptr);
    rooms.close_if_empty("b");
    CHECK(rooms.open("c", 1) != nullptr);
    CHECK(rooms.size() == 2);
}
