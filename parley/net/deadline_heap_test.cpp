// SPDX-License-Identifier: MIT
#include "parley/net/deadline_heap.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <random>
#include <vector>

namespace parley::net::detail {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint start{1h};

std::vector<const DeadlineNode*> advance(DeadlineHeap& heap, TimePoint now) {
    IntrusiveList<DeadlineNode> expired;
    heap.advance(now, expired);
    std::vector<const DeadlineNode*> nodes;
    while (const DeadlineNode* node = expired.pop_front())
        nodes.push_back(node);
    return nodes;
}

}  // namespace

TEST_CASE("deadline heap: a node expires at its deadline, not a nanosecond before") {
    DeadlineHeap heap;
    CHECK(heap.next_deadline() == no_deadline);
    CHECK(advance(heap, start).empty());
    DeadlineNode node;
    heap.start(node, start + 1ms);
    CHECK(heap.next_deadline() == start + 1ms);
    CHECK(advance(heap, start + 1ms - Duration(1)).empty());
    CHECK(DeadlineHeap::is_armed(node));
    CHECK(advance(heap, start + 1ms).size() == 1);
    CHECK_FALSE(DeadlineHeap::is_armed(node));
    CHECK(heap.next_deadline() == no_deadline);
}

TEST_CASE("deadline heap: equal deadlines expire in the order in which they were started") {
    DeadlineHeap heap;
    std::deque<DeadlineNode> nodes(50);
    for (DeadlineNode& node : nodes)
        heap.start(node, start + 1ms);
    heap.start(nodes[7], start + 1ms);
    std::vector<const DeadlineNode*> expected;
    for (const DeadlineNode& node : nodes) {
        if (&node != &nodes[7]) expected.push_back(&node);
    }
    expected.push_back(&nodes[7]);
    CHECK(advance(heap, start + 1ms) == expected);
}

TEST_CASE("deadline heap: a node on its way out can still be stopped, restarted or destroyed") {
    DeadlineHeap heap;
    DeadlineNode stopped;
    DeadlineNode restarted;
    IntrusiveList<DeadlineNode> expired;
    {
        DeadlineNode destroyed;
        for (DeadlineNode* node : {&stopped, &restarted, &destroyed})
            heap.start(*node, start + 1ms);
        heap.advance(start + 2ms, expired);
        CHECK(DeadlineHeap::is_armed(stopped));
        heap.stop(stopped);
        CHECK_FALSE(DeadlineHeap::is_armed(stopped));
        heap.start(restarted, start + 3ms);
    }
    CHECK(expired.empty());
    CHECK(advance(heap, start + 4ms) == std::vector<const DeadlineNode*>{&restarted});
}

TEST_CASE("deadline heap: agrees with a sorted list over random starts, stops and jumps of time") {
    std::mt19937_64 random(5);
    DeadlineHeap heap;
    struct Entry {
        DeadlineNode node;
        TimePoint deadline = no_deadline;
        std::uint64_t number = 0;
    };
    std::deque<Entry> entries(300);
    TimePoint now = start;
    std::uint64_t starts = 0;
    for (int round = 0; round < 20'000; ++round) {
        Entry& entry = entries[random() % entries.size()];
        if (random() % 4 == 0) {
            heap.stop(entry.node);
            entry.deadline = no_deadline;
        } else {
            entry.deadline = now + Duration(random() % 1'000);
            entry.number = ++starts;
            heap.start(entry.node, entry.deadline);
        }
        if (random() % 3 == 0) now += Duration(random() % 100);
        std::vector<Entry*> due;
        for (Entry& one : entries) {
            if (one.deadline <= now) due.push_back(&one);
        }
        std::ranges::sort(due, {}, [](const Entry* one) { return std::pair(one->deadline, one->number); });
        const std::vector<const DeadlineNode*> expired = advance(heap, now);
        REQUIRE(expired.size() == due.size());
        for (std::size_t i = 0; i < due.size(); ++i) {
            REQUIRE(expired[i] == &due[i]->node);
            due[i]->deadline = no_deadline;
        }
        REQUIRE(heap.next_deadline() == std::ranges::min_element(entries, {}, &Entry::deadline)->deadline);
    }
}

}  // namespace parley::net::detail
