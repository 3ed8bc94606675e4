// SPDX-License-Identifier: MIT
#include "parley/engineio/unconfirmed_sessions.hpp"

#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <vector>

namespace parley::engineio {
namespace {

using Place = UnconfirmedSessions::Place;

UnconfirmedSessions make_table() {
    return UnconfirmedSessions(KeyedHash(1, 2));
}

TEST_CASE("an empty table has nobody to make room") {
    UnconfirmedSessions table = make_table();
    CHECK(table.oldest_of_most_crowded() == nullptr);
    CHECK(table.size() == 0);
    CHECK(table.count(7) == 0);
}

TEST_CASE("an address of which nobody is left is forgotten") {
    UnconfirmedSessions table = make_table();
    const std::size_t before = mallinfo2().uordblks;  // 0 where a sanitizer has replaced the allocator
    for (AddressGroup group = 0; group < 10'000; ++group) {
        Place place;
        table.enter(place, group);
        place.leave();
    }
    CHECK(table.size() == 0);
    CHECK(mallinfo2().uordblks <= before + 16 * 1024);
}

TEST_CASE("the oldest of the most crowded address makes room") {
    UnconfirmedSessions table = make_table();
    Place lone;
    Place first;
    Place second;
    Place third;
    table.enter(lone, 1);
    table.enter(first, 2);
    table.enter(second, 2);
    table.enter(third, 2);
    CHECK(table.size() == 4);
    CHECK(table.oldest_of_most_crowded() == &first);
    first.confirm();
    CHECK(table.oldest_of_most_crowded() == &second);
    second.leave();
    // Two addresses with one each: the one that has been so for longer.
    CHECK(table.oldest_of_most_crowded() == &lone);
    lone.confirm();
    CHECK(table.oldest_of_most_crowded() == &third);
    third.confirm();
    CHECK(table.oldest_of_most_crowded() == nullptr);
    CHECK(table.size() == 0);
    CHECK(table.count(2) == 2);
}

TEST_CASE("who is unconfirmed again is the youngest") {
    UnconfirmedSessions table = make_table();
    Place first;
    Place second;
    table.enter(first, 1);
    table.enter(second, 1);
    first.confirm();
    first.confirm();
    first.unconfirm();
    first.unconfirm();
    CHECK(table.size() == 2);
    CHECK(table.oldest_of_most_crowded() == &second);
}

TEST_CASE("a place that is destroyed has left") {
    UnconfirmedSessions table = make_table();
    {
        Place place;
        table.enter(place, 1);
        CHECK(table.count(1) == 1);
    }
    CHECK(table.count(1) == 0);
    CHECK(table.size() == 0);
    CHECK(table.oldest_of_most_crowded() == nullptr);
}

TEST_CASE("a place that moves counts in the other table, under the same address") {
    UnconfirmedSessions table = make_table();
    UnconfirmedSessions other = make_table();
    Place place;
    table.enter(place, 5);
    place.move_to(other);
    place.move_to(other);
    CHECK(table.size() == 0);
    CHECK(table.count(5) == 0);
    CHECK(other.count(5) == 1);
    CHECK(other.oldest_of_most_crowded() == &place);
}

TEST_CASE("a place that is nowhere does nothing") {
    Place place;
    place.confirm();
    place.unconfirm();
    place.leave();
    CHECK_FALSE(place.is_confirmed());
}

// Against a plain list: the same answers in the same order.
TEST_CASE("any sequence of steps gives what a search would give") {
    struct Entry {
        Place place;
        AddressGroup group = 0;
        bool is_in = false;
        std::uint64_t since = 0;
    };
    UnconfirmedSessions table = make_table();
    std::array<Entry, 60> entries;
    std::uint64_t state = 12345;
    std::uint64_t clock = 0;
    const auto random = [&](std::uint64_t bound) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return (state >> 33) % bound;
    };
    for (int step = 0; step < 20'000; ++step) {
        Entry& entry = entries[random(entries.size())];
        ++clock;
        if (!entry.is_in) {
            entry.group = random(5);
            entry.is_in = true;
            entry.since = clock;
            table.enter(entry.place, entry.group);
        } else if (random(3) == 0) {
            entry.is_in = false;
            entry.place.leave();
        } else if (entry.place.is_confirmed()) {
            entry.since = clock;
            entry.place.unconfirm();
        } else {
            entry.place.confirm();
        }
        std::map<AddressGroup, std::size_t> crowds;
        std::size_t size = 0;
        for (const Entry& one : entries) {
            if (!one.is_in || one.place.is_confirmed()) continue;
            ++size;
            ++crowds[one.group];
        }
        REQUIRE(table.size() == size);
        const Place* const chosen = table.oldest_of_most_crowded();
        REQUIRE((chosen == nullptr) == (size == 0));
        if (chosen == nullptr) continue;
        const auto of = std::ranges::find_if(entries, [&](const Entry& one) { return &one.place == chosen; });
        REQUIRE(of->is_in);
        for (const auto& [group, count] : crowds)
            REQUIRE(count <= crowds[of->group]);
        for (const Entry& one : entries) {
            if (one.is_in && !one.place.is_confirmed() && one.group == of->group) REQUIRE(one.since >= of->since);
        }
    }
}

}  // namespace
}  // namespace parley::engineio
