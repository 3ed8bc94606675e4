// SPDX-License-Identifier: MIT
#include "parley/base/backlog.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/base/outbox.hpp"

namespace parley {

TEST_CASE("backlog: what one turn puts into an empty outbox does not count, what comes behind it does") {
    Outbox outbox;
    Backlog backlog;
    const auto append = [&](std::uint64_t turn, std::size_t size) {
        const std::size_t counted = backlog.measure(outbox, turn, 10'000);
        outbox.append(std::string(size, 'x'));
        return counted;
    };
    CHECK(append(1, 1000) == 0);
    CHECK(append(1, 1000) == 0);
    CHECK(append(2, 10) == 0);
    CHECK(append(2, 10) == 10);
    CHECK(append(3, 10) == 20);
    outbox.consume(1000);  // of the first turn's
    CHECK(append(4, 10) == 30);
    outbox.consume(1010);  // the rest of them, and ten of the others
    CHECK(append(5, 10) == 30);
    outbox.consume(outbox.size());
    CHECK(append(6, 500) == 0);
    CHECK(append(6, 500) == 0);
    CHECK(append(7, 1) == 0);
    CHECK(append(7, 1) == 1);
}

TEST_CASE("backlog: an outbox that was filled without being measured counts from its first octet") {
    Outbox outbox;
    Backlog backlog;
    outbox.append("0123456789");
    CHECK(backlog.measure(outbox, 1, 5) == 10);
    outbox.append("0123456789");
    CHECK(backlog.measure(outbox, 2, 5) == 20);
}

TEST_CASE("backlog: what one turn says beyond its share counts, but not its first message") {
    Outbox outbox;
    Backlog backlog;
    const auto append = [&](std::uint64_t turn, std::size_t size) {
        const std::size_t counted = backlog.measure(outbox, turn, 100);
        outbox.append(std::string(size, 'x'));
        return counted;
    };
    SUBCASE("many messages") {
        CHECK(append(1, 60) == 0);
        CHECK(append(1, 40) == 0);
        CHECK(append(1, 1) == 0);
        CHECK(append(1, 9) == 1);
        CHECK(append(2, 5) == 10);  // still beyond the share
        outbox.consume(105);
        CHECK(append(3, 5) == 10);
    }
    SUBCASE("one long message") {
        CHECK(append(1, 1000) == 0);
        CHECK(append(1, 7) == 0);
        CHECK(append(1, 7) == 7);
        CHECK(append(2, 7) == 14);
    }
    SUBCASE("a turn that says less leaves nothing of its share to the next") {
        CHECK(append(1, 10) == 0);
        CHECK(append(2, 10) == 0);
        CHECK(append(2, 10) == 10);
        CHECK(append(3, 10) == 20);
    }
}

}  // namespace parley
