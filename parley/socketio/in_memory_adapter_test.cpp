// SPDX-License-Identifier: MIT
#include "parley/socketio/in_memory_adapter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace parley;
using namespace parley::socketio;

namespace {

using Handles = std::vector<SocketHandle>;
using Names = std::vector<std::string>;

// The sockets of a namespace: their handles are numbers, their ids "s<number>".
struct Host : AdapterHost {
    struct Delivery {
        Handles recipients;
        std::string data;
        BroadcastFlags flags;
    };

    void deliver(std::span<const SocketHandle> recipients, const OutgoingPacket& packet,
                 const BroadcastFlags& flags) override {
        deliveries.push_back({{recipients.begin(), recipients.end()}, std::string(packet.data), flags});
        if (on_deliver) on_deliver();
    }
    void disconnect(std::span<const SocketHandle> sockets, bool close) override {
        disconnected.assign(sockets.begin(), sockets.end());
        closed = close;
        for (const SocketHandle socket : sockets)
            adapter->del_all("s" + std::to_string(static_cast<std::uint64_t>(socket)));
    }

    std::vector<Delivery> deliveries;
    Handles disconnected;
    bool closed = false;
    Adapter* adapter = nullptr;
    std::function<void()> on_deliver;
};

struct Observer : RoomObserver {
    void room_created(std::string_view room) override { log += "+" + std::string(room) + " "; }
    void room_joined(std::string_view room, std::string_view sid) override {
        log += std::string(sid) + ">" + std::string(room) + " ";
    }
    void room_left(std::string_view room, std::string_view sid) override {
        log += std::string(sid) + "<" + std::string(room) + " ";
    }
    void room_deleted(std::string_view room) override { log += "-" + std::string(room) + " "; }

    std::string taken() { return std::exchange(log, {}); }

    std::string log;
};

struct Fixture {
    explicit Fixture(const RoomLimits& limits = {}) : adapter(host, KeyedHash(1, 2), limits) {
        host.adapter = &adapter;
    }

    void add(int number, const Names& rooms = {}) {
        adapter.add_socket(sid(number), SocketHandle(number));
        REQUIRE(adapter.add_all(sid(number), rooms));
    }
    static std::string sid(int number) { return "s" + std::to_string(number); }

    Handles fetch(const Names& rooms, const Names& except = {}) {
        return adapter.fetch_sockets({.rooms = rooms, .except = except});
    }

    Host host;
    InMemoryAdapter adapter;
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
    CHECK(f.fetch({}).empty());
    for (const int number : {3, 1, 2})
        f.add(number);
    CHECK(f.fetch({}) == handles({3, 1, 2}));
    CHECK(f.fetch({}, {"s1"}) == handles({3, 2}));
    CHECK(f.adapter.socket_count() == 3);
}

TEST_CASE("rooms are gone through as given, in each by the order of joining, everybody once") {
    Fixture f;
    f.add(1, {"a"});
    f.add(2, {"b", "a"});
    f.add(3, {"b"});
    f.add(4);
    CHECK(f.fetch({"a"}) == handles({1, 2}));
    CHECK(f.fetch({"b"}) == handles({2, 3}));
    CHECK(f.fetch({"a", "b"}) == handles({1, 2, 3}));
    CHECK(f.fetch({"b", "a"}) == handles({2, 3, 1}));
    CHECK(f.fetch({"b", "b"}) == handles({2, 3}));
    CHECK(f.fetch({"nobody"}).empty());
    CHECK(f.fetch({"nobody", "a"}) == handles({1, 2}));
    CHECK(f.fetch({"a", "b"}, {"a"}) == handles({3}));
    CHECK(f.fetch({"a", "b"}, {"s2", "s3"}) == handles({1}));
    CHECK(f.fetch({"a"}, {"nobody"}) == handles({1, 2}));
    CHECK(f.fetch({}, {"a", "b"}) == handles({4}));
}

TEST_CASE("a socket's id is a room") {
    Fixture f;
    f.add(1, {"a"});
    f.add(2, {"a"});
    CHECK(f.fetch({"s1"}) == handles({1}));
    CHECK(f.fetch({"s1", "a"}) == handles({1, 2}));
    CHECK(f.fetch({"a", "s1"}) == handles({1, 2}));
    CHECK(f.adapter.socket_rooms("s1") == Names{"s1", "a"});
    CHECK(f.adapter.has("s1", "s1"));
    CHECK_FALSE(f.adapter.has("s1", "s2"));
    CHECK(f.adapter.room_count() == 1);

    SUBCASE("that others may join") {
        REQUIRE(f.adapter.add_all("s2", Names{"s1"}));
        CHECK(f.fetch({"s1"}) == handles({1, 2}));
        CHECK(f.fetch({}, {"s1"}).empty());
        CHECK(f.adapter.socket_rooms("s2") == Names{"s2", "a", "s1"});
        f.adapter.del_all("s1");
        CHECK(f.fetch({"s1"}) == handles({2}));
    }
    SUBCASE("that it may leave and join again") {
        CHECK(f.adapter.del("s1", "s1"));
        CHECK_FALSE(f.adapter.del("s1", "s1"));
        CHECK(f.fetch({"s1"}).empty());
        CHECK(f.fetch({}) == handles({1, 2}));
        CHECK(f.adapter.socket_rooms("s1") == Names{"a"});
        CHECK(f.adapter.add_all("s1", Names{"s1"}));
        CHECK(f.fetch({"s1"}) == handles({1}));
    }
}

TEST_CASE("joining twice is joining once, leaving what was not joined is nothing") {
    Fixture f;
    f.add(1, {"a", "a"});
    REQUIRE(f.adapter.add_all("s1", Names{"a"}));
    CHECK(f.fetch({"a"}) == handles({1}));
    CHECK_FALSE(f.adapter.del("s1", "b"));
    CHECK(f.adapter.del("s1", "a"));
    CHECK_FALSE(f.adapter.del("s1", "a"));
    CHECK(f.fetch({"a"}).empty());
    CHECK(f.adapter.room_count() == 0);
}

TEST_CASE("a socket that nobody knows joins and leaves nothing") {
    Fixture f;
    CHECK_FALSE(f.adapter.add_all("s9", Names{"a"}));
    CHECK_FALSE(f.adapter.del("s9", "a"));
    f.adapter.del_all("s9");
    CHECK(f.adapter.socket_rooms("s9").empty());
    CHECK_FALSE(f.adapter.has("s9", "a"));
    CHECK(f.adapter.room_count() == 0);
}

TEST_CASE("a socket that is gone is in no room, and an empty room is gone") {
    Fixture f;
    f.add(1, {"a", "b"});
    f.add(2, {"b"});
    f.adapter.del_all("s1");
    CHECK(f.fetch({}) == handles({2}));
    CHECK(f.fetch({"a"}).empty());
    CHECK(f.fetch({"b"}) == handles({2}));
    CHECK(f.fetch({"s1"}).empty());
    CHECK(f.adapter.rooms() == Names{"b"});
    f.adapter.del_all("s2");
    CHECK(f.adapter.socket_count() == 0);
    CHECK(f.adapter.room_count() == 0);
}

TEST_CASE("a socket that comes again under its id keeps its rooms") {
    Fixture f;
    f.add(1, {"a"});
    f.adapter.add_socket("s1", SocketHandle(9));
    CHECK(f.fetch({}) == handles({9}));
    CHECK(f.fetch({"a"}) == handles({9}));
    CHECK(f.fetch({"s1"}) == handles({9}));
}

TEST_CASE("rooms are listed as they came to be") {
    Fixture f;
    f.add(1, {"c", "a", "b"});
    CHECK(f.adapter.rooms() == Names{"c", "a", "b"});
    f.adapter.del("s1", "c");
    f.add(2, {"a", "c"});
    CHECK(f.adapter.rooms() == Names{"a", "b", "c"});
}

TEST_CASE("a broadcast is delivered in one call, with the packet and the flags as given") {
    Fixture f;
    f.add(1, {"a"});
    f.add(2, {"a"});
    const Names rooms{"a"};
    const OutgoingPacket packet{.data = R"(["x"])"};
    CHECK(f.adapter.broadcast(packet, {.rooms = rooms, .flags = {.is_volatile = true}}) == 2);
    REQUIRE(f.host.deliveries.size() == 1);
    CHECK(f.host.deliveries[0].recipients == handles({1, 2}));
    CHECK(f.host.deliveries[0].data == R"(["x"])");
    CHECK(f.host.deliveries[0].flags.is_volatile);
    CHECK_FALSE(f.host.deliveries[0].flags.is_local);

    const Names nowhere{"nobody"};
    CHECK(f.adapter.broadcast(packet, {.rooms = nowhere}) == 0);
    REQUIRE(f.host.deliveries.size() == 2);
    CHECK(f.host.deliveries[1].recipients.empty());
}

TEST_CASE("what happens while a broadcast is delivered does not change it") {
    Fixture f;
    for (int number = 1; number <= 3; ++number)
        f.add(number);
    bool nested = false;
    f.host.on_deliver = [&] {
        if (std::exchange(nested, true)) return;
        f.adapter.del_all("s2");
        f.add(4);
        f.adapter.broadcast({.data = "nested"}, {});
    };
    CHECK(f.adapter.broadcast({.data = "outer"}, {}) == 3);
    REQUIRE(f.host.deliveries.size() == 2);
    CHECK(f.host.deliveries[0].recipients == handles({1, 2, 3}));
    CHECK(f.host.deliveries[1].recipients == handles({1, 3, 4}));
}

TEST_CASE("sockets may be moved and disconnected by selection") {
    Fixture f;
    f.add(1, {"a"});
    f.add(2, {"a"});
    f.add(3);
    const Names a{"a"};
    const Names others{"b", "c"};
    const Names except{"s2"};
    f.adapter.add_sockets({.rooms = a}, others);
    CHECK(f.fetch({"b"}) == handles({1, 2}));
    CHECK(f.adapter.socket_rooms("s1") == Names{"s1", "a", "b", "c"});
    f.adapter.del_sockets({.rooms = others, .except = except}, others);
    CHECK(f.fetch({"b"}) == handles({2}));
    f.adapter.del_sockets({}, a);
    CHECK(f.fetch({"a"}).empty());
    f.adapter.disconnect_sockets({.except = except}, true);
    CHECK(f.host.disconnected == handles({1, 3}));
    CHECK(f.host.closed);
    CHECK(f.fetch({}) == handles({2}));
}

TEST_CASE("an observer is told in order: create before join, leave before delete") {
    Fixture f;
    Observer observer;
    f.adapter.set_observer(&observer);
    f.add(1, {"a"});
    CHECK(observer.taken() == "+s1 s1>s1 +a s1>a ");
    f.add(2, {"a"});
    CHECK(observer.taken() == "+s2 s2>s2 s2>a ");
    REQUIRE(f.adapter.add_all("s2", Names{"a"}));
    CHECK(observer.taken().empty());
    f.adapter.del("s1", "a");
    CHECK(observer.taken() == "s1<a ");
    f.adapter.del("s2", "a");
    CHECK(observer.taken() == "s2<a -a ");
    REQUIRE(f.adapter.add_all("s2", Names{"s1"}));
    CHECK(observer.taken() == "s2>s1 ");
    f.adapter.del_all("s1");
    CHECK(observer.taken() == "s1<s1 ");
    f.adapter.del_all("s2");
    CHECK(observer.taken() == "s2<s2 -s2 s2<s1 -s1 ");
    f.adapter.set_observer(nullptr);
    f.add(3, {"a"});
    CHECK(observer.taken().empty());
}

TEST_CASE("rooms of one socket are limited, its own not counted") {
    Fixture f({.rooms_per_socket_max = 3});
    f.add(1, {"a", "b"});
    CHECK_FALSE(f.adapter.add_all("s1", Names{"c", "d"}));
    CHECK(f.adapter.socket_rooms("s1") == Names{"s1", "a", "b"});
    CHECK(f.adapter.add_all("s1", Names{"a", "b", "s1", "c", "c"}));
    CHECK(f.adapter.socket_rooms("s1") == Names{"s1", "a", "b", "c"});
    CHECK(f.adapter.add_all("s1", Names{"a"}));
    CHECK_FALSE(f.adapter.add_all("s1", Names{"d"}));
    CHECK(f.adapter.room_count() == 3);

    Fixture defaults;
    defaults.add(1);
    for (int i = 0; i < 1'024; ++i)
        REQUIRE(defaults.adapter.add_all("s1", Names{"r" + std::to_string(i)}));
    CHECK_FALSE(defaults.adapter.add_all("s1", Names{"one more"}));
}

TEST_CASE("a room's name is limited") {
    Fixture f;
    f.add(1);
    CHECK(f.adapter.add_all("s1", Names{std::string(254, 'a')}));
    CHECK(f.adapter.add_all("s1", Names{std::string(255, 'a')}));
    CHECK_FALSE(f.adapter.add_all("s1", Names{"b", std::string(256, 'a')}));
    CHECK_FALSE(f.adapter.has("s1", "b"));
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
                f.adapter.del_all(Fixture::sid(number));
                for (const std::string& joined : model[number])
                    leave(number, joined);
                model.erase(number);
                std::erase(everyone, number);
                break;
            case 2:
            case 3:
                CHECK(f.adapter.del(Fixture::sid(number), room) == (known && model[number].erase(room) > 0));
                leave(number, room);
                if (!known) model.erase(number);
                break;
            default:
                CHECK(f.adapter.add_all(Fixture::sid(number), Names{room}) == known);
                if (known && model[number].insert(room).second) order[room].push_back(number);
        }
        if (step % 50 != 0) continue;
        CHECK(f.fetch({}) == expected(everyone));
        for (const auto& [name, members] : order)
            CHECK(f.fetch({name}) == expected(members));
        std::vector<int> without;
        std::copy_if(everyone.begin(), everyone.end(), std::back_inserter(without),
                     [&](int other) { return !model[other].contains("r0"); });
        CHECK(f.fetch({}, {"r0"}) == expected(without));
    }
}

TEST_CASE("a hundred thousand rooms are made, found and left") {
    Fixture f({.rooms_per_socket_max = 1'000});
    for (int socket = 0; socket < 1'000; ++socket) {
        f.adapter.add_socket(Fixture::sid(socket), SocketHandle(socket));
        for (int i = 0; i < 100; ++i)
            REQUIRE(f.adapter.add_all(Fixture::sid(socket), Names{"room " + std::to_string(socket * 100 + i)}));
    }
    CHECK(f.adapter.room_count() == 100'000);
    CHECK(f.fetch({"room 54321"}) == handles({543}));
    for (int socket = 0; socket < 1'000; ++socket)
        f.adapter.del_all(Fixture::sid(socket));
    CHECK(f.adapter.room_count() == 0);
    CHECK(f.adapter.socket_count() == 0);
}
