// SPDX-License-Identifier: MIT
#include "parley/net/timer_wheel.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <vector>

namespace parley::net::detail {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint start{1h};
constexpr Duration tick{1 << 23};

std::vector<TimerNode*> advance(TimerWheel& wheel, TimePoint now) {
    IntrusiveList<TimerNode> expired;
    wheel.advance(now, expired);
    std::vector<TimerNode*> nodes;
    while (TimerNode* node = expired.pop_front())
        nodes.push_back(node);
    return nodes;
}

}  // namespace

TEST_CASE("timer wheel: an empty one never wakes the loop") {
    TimerWheel wheel(start);
    CHECK(wheel.next_wake() == no_deadline);
    CHECK(advance(wheel, start + 1000h).empty());
    TimerNode node;
    wheel.start(node, start + 2000h);
    CHECK(wheel.next_wake() != no_deadline);
    wheel.stop(node);
    CHECK(wheel.next_wake() == no_deadline);
    CHECK_FALSE(node.is_linked());
}

TEST_CASE("timer wheel: nothing expires early, everything within a tick, whatever the distance") {
    for (const Duration distance :
         {Duration(1), Duration(tick), tick * 63, tick * 64, tick * 65, Duration(1s), Duration(25s), Duration(45s),
          Duration(1h), Duration(50h), Duration(24h * 104), Duration(24h * 400)}) {
        CAPTURE(distance.count());
        TimerWheel wheel(start);
        TimerNode node;
        const TimePoint deadline = start + distance;
        wheel.start(node, deadline);
        TimePoint now = start;
        int wakes = 0;
        while (node.is_linked()) {
            const TimePoint wake = wheel.next_wake();
            REQUIRE(wake > now);
            now = wake;
            const bool expired = !advance(wheel, now).empty();
            CHECK(expired == (now >= deadline));
            ++wakes;
        }
        CHECK(now >= deadline);
        CHECK(now < deadline + tick);
        CHECK(wakes <= 10);
    }
}

TEST_CASE("timer wheel: a deadline that has passed expires with the next tick, however far it lies behind") {
    constexpr TimePoint now = start + 12'345'678us;  // the wheel has turned: no level stands at its first slot
    for (const TimePoint deadline : {now, now - Duration(1), now - tick, now - 64 * tick, now - 65 * tick, now - 1s,
                                     now - 10min, TimePoint{}, TimePoint::min()}) {
        CAPTURE(deadline.time_since_epoch().count());
        TimerWheel wheel(start);
        REQUIRE(advance(wheel, now).empty());
        TimerNode node;
        wheel.start(node, deadline);
        CHECK(wheel.next_wake() > now - tick);
        CHECK(wheel.next_wake() <= now + tick);
        CHECK(advance(wheel, now + tick).size() == 1);
        CHECK(wheel.next_wake() == no_deadline);
    }
}

TEST_CASE("timer wheel: starting again moves the deadline either way") {
    TimerWheel wheel(start);
    TimerNode node;
    wheel.start(node, start + 1s);
    wheel.start(node, start + 3s);
    CHECK(advance(wheel, start + 2s).empty());
    wheel.start(node, start + 2500ms);
    CHECK(advance(wheel, start + 2600ms).size() == 1);
}

TEST_CASE("timer wheel: a node on its way out can still be stopped, restarted or destroyed") {
    TimerWheel wheel(start);
    auto stopped = std::make_unique<TimerNode>();
    auto destroyed = std::make_unique<TimerNode>();
    auto restarted = std::make_unique<TimerNode>();
    for (TimerNode* node : {stopped.get(), destroyed.get(), restarted.get()})
        wheel.start(*node, start + 1s);
    IntrusiveList<TimerNode> expired;
    wheel.advance(start + 2s, expired);
    wheel.stop(*stopped);
    destroyed.reset();
    wheel.start(*restarted, start + 3s);
    CHECK(expired.empty());
    CHECK(advance(wheel, start + 4s).size() == 1);
}

TEST_CASE("timer wheel: agrees with a sorted list over random starts, stops and jumps of time") {
    std::mt19937_64 random(7);
    TimerWheel wheel(start);
    struct Entry {
        TimerNode node;
        TimePoint deadline = no_deadline;
    };
    std::deque<Entry> entries(300);
    TimePoint now = start;
    for (int round = 0; round < 20'000; ++round) {
        Entry& entry = entries[random() % entries.size()];
        if (random() % 4 == 0) {
            wheel.stop(entry.node);
            entry.deadline = no_deadline;
        } else {
            entry.deadline = now + Duration(random() % (std::uint64_t{1} << (20 + random() % 30)));
            wheel.start(entry.node, entry.deadline);
        }
        if (random() % 3 != 0) continue;
        const bool sleep_well = random() % 2 == 0 && wheel.next_wake() != no_deadline;
        now = sleep_well ? wheel.next_wake() : now + Duration(random() % (std::uint64_t{1} << (20 + random() % 20)));
        TimePoint last{};
        for (TimerNode* node : advance(wheel, now)) {
            const auto expired = std::ranges::find_if(entries, [&](const Entry& one) { return &one.node == node; });
            REQUIRE(expired->deadline <= now);
            REQUIRE(expired->deadline > last - tick);
            last = expired->deadline;
            expired->deadline = no_deadline;
        }
        const TimePoint earliest = std::ranges::min_element(entries, {}, &Entry::deadline)->deadline;
        REQUIRE((earliest == no_deadline || earliest > now - tick));
        REQUIRE((earliest == no_deadline) == (wheel.next_wake() == no_deadline));
        if (earliest != no_deadline) REQUIRE(wheel.next_wake() < std::max(earliest, now) + 2 * tick);
    }
}

TEST_CASE("timer wheel: a hundred thousand heartbeats stay cheap") {
    TimerWheel wheel(start);
    std::deque<TimerNode> nodes(100'000);
    std::mt19937_64 random(11);
    for (TimerNode& node : nodes)
        wheel.start(node, start + Duration(random() % 25'000'000'000));
    std::size_t beats = 0;
    std::size_t wakes = 0;
    for (TimePoint now = start; now < start + 50s; ++wakes) {
        now = wheel.next_wake();
        for (TimerNode* node : advance(wheel, now)) {
            ++beats;
            wheel.start(*node, now + 25s);
        }
    }
    CHECK(beats >= 2 * nodes.size() - nodes.size() / 100);
    CHECK(wakes <= 50s / tick + 200);
}

}  // namespace parley::net::detail
