// SPDX-License-Identifier: MIT
#include "parley/socketio/pending_acks.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace parley;
using namespace parley::socketio;

namespace {

constexpr TimePoint start{};

TimePoint at(int seconds) {
    return start + std::chrono::seconds(seconds);
}

using Acks = PendingAcks<std::unique_ptr<std::string>>;

std::unique_ptr<std::string> word(const std::string& text) {
    return std::make_unique<std::string>(text);
}

}  // namespace

TEST_CASE("an ack is taken once") {
    Acks acks;
    REQUIRE(acks.add(7, no_deadline, word("seven")));
    REQUIRE(acks.add(8, no_deadline, word("eight")));
    CHECK(acks.size() == 2);
    CHECK_FALSE(acks.take(9));
    CHECK(**acks.take(7) == "seven");
    CHECK_FALSE(acks.take(7));
    CHECK(**acks.take(8) == "eight");
    CHECK(acks.empty());
    CHECK_FALSE(acks.take_first());
}

TEST_CASE("acks come back in any order") {
    Acks acks;
    for (std::uint64_t id = 0; id < 100; ++id)
        REQUIRE(acks.add(id, no_deadline, word(std::to_string(id))));
    for (std::uint64_t i = 0; i < 100; ++i) {
        const std::uint64_t id = i * 37 % 100;
        CHECK(**acks.take(id) == std::to_string(id));
        CHECK_FALSE(acks.take(id));
    }
    CHECK(acks.empty());
}

TEST_CASE("ids need not grow, but must differ") {
    Acks acks;
    REQUIRE(acks.add(5, no_deadline, word("five")));
    REQUIRE(acks.add(1, no_deadline, word("one")));
    REQUIRE(acks.add(3, no_deadline, word("three")));
    auto again = word("again");
    CHECK_FALSE(acks.add(3, no_deadline, std::move(again)));
    CHECK(*again == "again");
    CHECK(**acks.take(3) == "three");
    CHECK(acks.add(3, no_deadline, std::move(again)));
    CHECK(**acks.take(3) == "again");
    CHECK(**acks.take_first() == "one");
    CHECK(**acks.take_first() == "five");
}

TEST_CASE("outstanding acks are limited, and the caller keeps what is refused") {
    Acks acks(3);
    for (std::uint64_t id = 0; id < 3; ++id)
        CHECK(acks.add(id, no_deadline, word("x")));
    auto extra = word("extra");
    CHECK_FALSE(acks.add(3, no_deadline, std::move(extra)));
    CHECK(*extra == "extra");
    REQUIRE(acks.take(1));
    CHECK(acks.add(3, no_deadline, std::move(extra)));

    Acks defaults;
    for (std::uint64_t id = 0; id < 1'024; ++id)
        CHECK(defaults.add(id, no_deadline, word("x")));
    CHECK_FALSE(defaults.add(1'024, no_deadline, word("x")));
}

TEST_CASE("acks expire at their deadline, each once") {
    Acks acks;
    CHECK(acks.next_deadline() == no_deadline);
    REQUIRE(acks.add(0, at(30), word("late")));
    REQUIRE(acks.add(1, at(10), word("early")));
    REQUIRE(acks.add(2, no_deadline, word("never")));
    CHECK(acks.next_deadline() == at(10));
    CHECK_FALSE(acks.take_expired(at(9)));
    CHECK(**acks.take_expired(at(10)) == "early");
    CHECK_FALSE(acks.take_expired(at(10)));
    CHECK(acks.next_deadline() == at(30));
    CHECK_FALSE(acks.take(1));
    CHECK(**acks.take_expired(at(100)) == "late");
    CHECK_FALSE(acks.take_expired(at(100)));
    CHECK(acks.next_deadline() == no_deadline);
    CHECK(acks.size() == 1);
}

TEST_CASE("an answered ack may leave an early deadline behind, which corrects itself") {
    Acks acks;
    REQUIRE(acks.add(0, at(10), word("answered")));
    REQUIRE(acks.add(1, at(20), word("waiting")));
    REQUIRE(acks.take(0));
    CHECK(acks.next_deadline() <= at(20));
    CHECK_FALSE(acks.take_expired(at(10)));
    CHECK(acks.next_deadline() == at(20));
}

TEST_CASE("whoever is handed a value may use the table at once") {
    Acks acks;
    for (std::uint64_t id = 0; id < 10; ++id)
        REQUIRE(acks.add(id, at(1), word("x")));
    std::uint64_t next = 10;
    std::size_t expired = 0;
    while (acks.take_expired(at(1))) {
        ++expired;
        REQUIRE(acks.add(next++, at(2), word("y")));
    }
    CHECK(expired == 10);
    CHECK(acks.size() == 10);
}

TEST_CASE("a silent peer leaves nothing behind when its acks have expired") {
    Acks acks;
    std::uint64_t id = 0;
    for (int round = 0; round < 100; ++round) {
        for (int i = 0; i < 100; ++i)
            REQUIRE(acks.add(id++, at(round), word("x")));
        while (acks.take_expired(at(round))) {
        }
        CHECK(acks.empty());
        CHECK(acks.next_deadline() == no_deadline);
    }
}
