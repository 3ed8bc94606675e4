// SPDX-License-Identifier: MIT
#include "apps/chat/allowances.hpp"

#include <doctest/doctest.h>

#include <deque>

using namespace parley;
using namespace std::chrono_literals;

TEST_CASE("a connection keeps its allowance however often its sockets come and go") {
    const chat::Limits limits{.messages = {.burst_max = 1, .per_second = 1}};
    chat::Allowances allowances(limits);
    const TimePoint now{1h};
    const Handshake one;
    const Handshake other;
    CHECK(allowances.of(one, now)->messages.take(now));
    CHECK_FALSE(allowances.of(one, now)->messages.take(now));
    CHECK(allowances.of(other, now)->messages.take(now));
}

TEST_CASE("a later connection at the same address in memory has an allowance of its own") {
    const chat::Limits limits{.messages = {.burst_max = 1, .per_second = 1}};
    chat::Allowances allowances(limits);
    const TimePoint now{1h};
    Handshake handshake;
    CHECK(allowances.of(handshake, now)->messages.take(now));
    handshake.issued += 1ms;
    CHECK(allowances.of(handshake, now)->messages.take(now));
}

TEST_CASE("allowances that nobody uses are forgotten once they are full again, and others are not") {
    const chat::Limits limits;
    chat::Allowances allowances(limits);
    TimePoint now{1h};
    const Handshake present;
    const Handshake hasty;
    const auto held = allowances.of(present, now);
    std::deque<Handshake> gone(10'000);
    for (const Handshake& handshake : gone) {
        CHECK(allowances.of(handshake, now)->joins.take(now));
        now += 100ms;
    }
    CHECK(allowances.size() < 500);
    CHECK(allowances.of(present, now) == held);

    allowances.of(hasty, now)->joins.take(now);
    std::deque<Handshake> others(1'000);
    for (const Handshake& handshake : others)
        allowances.of(handshake, now);
    CHECK_FALSE(allowances.of(hasty, now)->joins.is_full(now));
}
