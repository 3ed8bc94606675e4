// SPDX-License-Identifier: MIT
#include "parley/socketio/room_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::socketio;

namespace {

using Handles = std::vector<SocketHandle>;
using Names = std::vector<std::string>;

// The sockets of a namespace: their handles are numbers, their ids "s<number>".
struct Fixture {
    explicit Fixture(const RoomLimits& limits = {}) : table(KeyedHash(1, 2), limits) {}

    void add(int number, const Names& rooms = {}) {
        table.add(*ids.insert(sid(number)).first, SocketHandle(number));
        REQUIRE(table.join(sid(number), rooms));
    }
    static std::string sid(int number) { return "s" + std::to_string(number); }

    Handles select(const Names& rooms, const Names& except = {}) {
        return table.select({.rooms = rooms, .except = except});
    }

    std::set<std::string> ids;  // of those that were ever known
    RoomTable table;
};

Handles handles(std::initializer_list<int> numbers) {
    Handles result;
    for (const int number : numbers)
        result.push_back(SocketHandle(number));
    return result;
}

}  // namespace

TEST_CASE("without rooms everybody is meant, in the order of coming") {
    Fixture f;
    CHECK(f.select({}).empty());
    for (const int number : {3, 1, 2})
        f.add(number);
    CHECK(f.select({}) == handles({3, 1, 2}));
    CHECK(f.select({}, {"s1"}) == handles({3, 2}));
    CHECK(f.table.socket_count() == 3);
}

TEST_CASE("rooms are gone through as given, in each by the order of joining, everybody once") {
    Fixture f;
    f.add(1, {"a"});
    f.add(2, {"b", "a"});
    f.add(3, {"b"});
    f.add(4);
    CHECK(f.select({"a"}) == handles({1, 2}));
    CHECK(f.select({"b"}) == handles({2, 3}));
    CHECK(f.select({"a", "b"}) == handles({1, 2, 3}));
    CHECK(f.select({"b", "a"}) == handles({2, 3, 1}));
    CHECK(f.select({"b", "b"}) == handles({2, 3}));
    CHECK(f.select({"nobody"}).empty());
    CHECK(f.select({"nobody", "a"}) == handles({1, 2}));
    CHECK(f.select({"a", "b"}, {"a"}) == handles({3}));
    CHECK(f.select({"a", "b"}, {"s2", "s3"}) == handles({1}));
    CHECK(f.select({"a"}, {"nobody"}) == handles({1, 2}));
    CHECK(f.select({}, {"a", "b"}) == handles({4}));
}

TEST_CASE("a socket's id is a room") {
    Fixture f;
    f.add(1, {"a"});
    f.add(2, {"a"});
    CHECK(f.select({"s1"}) == handles({1}));
    CHECK(f.select({"s1", "a"}) == handles({1, 2}));
    CHECK(f.select({"a", "s1"}) == handles({1, 2}));
    CHECK(f.table.rooms_of("s1") == Names{"s1", "a"});
    CHECK(f.table.has("s1", "s1"));
    CHECK_FALSE(f.table.has("s1", "s2"));
    CHECK(f.table.room_count() == 1);

    SUBCASE("that others may join") {
        REQUIRE(f.table.join("s2", Names{"s1"}));
        CHECK(f.select({"s1"}) == handles({1, 2}));
        CHECK(f.select({}, {"s1"}).empty());
        CHECK(f.table.rooms_of("s2") == Names{"s2", "a", "s1"});
        f.table.remove("s1");
        CHECK(f.select({"s1"}) == handles({2}));
    }
    SUBCASE("that it may leave and join again") {
        CHECK(f.table.leave("s1", "s1"));
        CHECK_FALSE(f.table.leave("s1", "s1"));
        CHECK(f.select({"s1"}).empty());
        CHECK(f.select({}) == handles({1, 2}));
        CHECK(f.table.rooms_of("s1") == Names{"a"});
        CHECK(f.table.join("s1", Names{"s1"}));
        CHECK(f.select({"s1"}) == handles({1}));
    }
}

TEST_CASE("joining twice is joining once, leaving what was not joined is nothing") {
    Fixture f;
    f.add(1, {"a", "a"});
    REQUIRE(f.table.join("s1", Names{"a"}));
    CHECK(f.select({"a"}) == handles({1}));
    CHECK_FALSE(f.table.leave("s1", "b"));
    CHECK(f.table.leave("s1", "a"));
    CHECK_FALSE(f.table.leave("s1", "a"));
    CHECK(f.select({"a"}).empty());
    CHECK(f.table.room_count() == 0);
}

TEST_CASE("a socket that nobody knows joins and leaves nothing") {
    Fixture f;
    CHECK_FALSE(f.table.join("s9", Names{"a"}));
    CHECK_FALSE(f.table.leave("s9", "a"));
    f.table.remove("s9");
    CHECK(f.table.rooms_of("s9").empty());
    CHECK_FALSE(f.table.has("s9", "a"));
    CHECK(f.table.room_count() == 0);
}

TEST_CASE("a socket that is gone is in no room, and an empty room is gone") {
    Fixture f;
    f.add(1, {"a", "b"});
    f.add(2, {"b"});
    f.table.remove("s1");
    CHECK(f.select({}) == handles({2}));
    CHECK(f.select({"a"}).empty());
    CHECK(f.select({"b"}) == handles({2}));
    CHECK(f.select({"s1"}).empty());
    CHECK(f.table.rooms() == Names{"b", "s2"});
    f.table.remove("s2");
    CHECK(f.table.socket_count() == 0);
    CHECK(f.table.room_count() == 0);
}

TEST_CASE("a socket that comes again under its id keeps its rooms") {
    Fixture f;
    f.add(1, {"a"});
    f.table.add("s1", SocketHandle(9));
    CHECK(f.select({}) == handles({9}));
    CHECK(f.select({"a"}) == handles({9}));
    CHECK(f.select({"s1"}) == handles({9}));
}

TEST_CASE("rooms that somebody is in are listed by their names, each once") {
    Fixture f;
    CHECK(f.table.rooms().empty());
    f.add(1, {"t", "a"});
    f.add(2, {"a", "s1"});
    CHECK(f.table.rooms() == Names{"a", "s1", "s2", "t"});
    f.table.leave("s2", "s2");
    f.table.leave("s1", "t");
    CHECK(f.table.rooms() == Names{"a", "s1"});
}

TEST_CASE("a socket is found by its id, in whatever rooms it is") {
    Fixture f;
    f.add(1, {"a"});
    f.add(2, {"s1", "nobody"});
    f.table.leave("s1", "s1");
    CHECK(f.table.find("s1") == SocketHandle(1));
    CHECK(f.table.find("a") == SocketHandle::none);
    f.table.remove("s1");
    CHECK(f.table.find("s1") == SocketHandle::none);
}

TEST_CASE("what happens while a selection is used does not change it") {
    Fixture f;
    for (int number = 1; number <= 3; ++number)
        f.add(number);
    Handles outer;
    Handles nested;
    f.table.with_selected({}, [&](std::span<const SocketHandle> selected) {
        f.table.remove("s2");
        f.add(4);
        f.table.with_selected({},
                              [&](std::span<const SocketHandle> later) { nested.assign(later.begin(), later.end()); });
        outer.assign(selected.begin(), selected.end());
    });
    CHECK(outer == handles({1, 2, 3}));
    CHECK(nested == handles({1, 3, 4}));
    CHECK(f.select({}) == handles({1, 3, 4}));
}

TEST_CASE("sockets may be moved by selection") {
    Fixture f;
    f.add(1, {"a"});
    f.add(2, {"a"});
    f.add(3);
    f.table.join({.rooms = {"a"}}, Names{"b", "c"});
    CHECK(f.select({"b"}) == handles({1, 2}));
    CHECK(f.table.rooms_of("s1") == Names{"s1", "a", "b", "c"});
    f.table.leave({.rooms = {"b", "c"}, .except = {"s2"}}, Names{"b", "c"});
    CHECK(f.select({"b"}) == handles({2}));
    f.table.leave(Selection{}, Names{"a"});
    CHECK(f.select({"a"}).empty());
}

TEST_CASE("rooms of one socket are limited, its own not counted") {
    Fixture f({.rooms_per_socket_max = 3});
    f.add(1, {"a", "b"});
    CHECK_FALSE(f.table.join("s1", Names{"c", "d"}));
    CHECK(f.table.rooms_of("s1") == Names{"s1", "a", "b"});
    CHECK(f.table.join("s1", Names{"a", "b", "s1", "c", "c"}));
    CHECK(f.table.rooms_of("s1") == Names{"s1", "a", "b", "c"});
    CHECK(f.table.join("s1", Names{"a"}));
    CHECK_FALSE(f.table.join("s1", Names{"d"}));
    CHECK(f.table.room_count() == 3);

    Fixture defaults;
    defaults.add(1);
    for (int i = 0; i < 1'024; ++i)
        REQUIRE(defaults.table.join("s1", Names{"r" + std::to_string(i)}));
    CHECK_FALSE(defaults.table.join("s1", Names{"one more"}));
}

TEST_CASE("a room's name is limited") {
    Fixture f;
    f.add(1);
    CHECK(f.table.join("s1", Names{std::string(254, 'a')}));
    CHECK(f.table.join("s1", Names{std::string(255, 'a')}));
    CHECK_FALSE(f.table.join("s1", Names{"b", std::string(256, 'a')}));
    CHECK_FALSE(f.table.has("s1", "b"));
}

TEST_CASE("selection agrees with a model after any sequence of joins and leaves") {
    Fixture f;
    std::mt19937_64 random(20260101);
    std::map<int, std::set<std::string>> model;  // what each socket is in
    std::map<std::string, std::vector<int>> order;
    std::vector<int> everyone;
    const auto leave = [&](int number, const std::string& room) { std::erase(order[room], number); };
    const auto expected = [](const std::vector<int>& numbers) {
        Handles result;
        for (const int number : numbers)
            result.push_back(SocketHandle(number));
        return result;
    };

    for (int step = 0; step < 20'000; ++step) {
        const int number = static_cast<int>(random() % 60);
        const std::string room = "r" + std::to_string(random() % 5);
        const bool known = model.contains(number);
        switch (random() % 8) {
            case 0:
                if (known) break;
                f.add(number);
                model[number];
                everyone.push_back(number);
                break;
            case 1:
                if (!known || random() % 3 != 0) break;
                f.table.remove(Fixture::sid(number));
                for (const std::string& joined : model[number])
                    leave(number, joined);
                model.erase(number);
                std::erase(everyone, number);
                break;
            case 2:
            case 3:
                CHECK(f.table.leave(Fixture::sid(number), room) == (known && model[number].erase(room) > 0));
                leave(number, room);
                if (!known) model.erase(number);
                break;
            default:
                CHECK(f.table.join(Fixture::sid(number), Names{room}) == known);
                if (known && model[number].insert(room).second) order[room].push_back(number);
        }
        if (step % 50 != 0) continue;
        CHECK(f.select({}) == expected(everyone));
        for (const auto& [name, members] : order)
            CHECK(f.select({name}) == expected(members));
        std::vector<int> without;
        std::copy_if(everyone.begin(), everyone.end(), std::back_inserter(without),
                     [&](int other) { return !model[other].contains("r0"); });
        CHECK(f.select({}, {"r0"}) == expected(without));
    }
}

TEST_CASE("a hundred thousand rooms are made, found and left") {
    Fixture f({.rooms_per_socket_max = 1'000});
    for (int socket = 0; socket < 1'000; ++socket) {
        f.add(socket);
        for (int i = 0; i < 100; ++i)
            REQUIRE(f.table.join(Fixture::sid(socket), Names{"room " + std::to_string(socket * 100 + i)}));
    }
    CHECK(f.table.room_count() == 100'000);
    CHECK(f.select({"room 54321"}) == handles({543}));
    for (int socket = 0; socket < 1'000; ++socket)
        f.table.remove(Fixture::sid(socket));
    CHECK(f.table.room_count() == 0);
    CHECK(f.table.socket_count() == 0);
}
