// SPDX-License-Identifier: MIT
#include "apps/chat/capped_log.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using namespace std::chrono_literals;

TEST_CASE("a capped log passes so many lines, counts the others, and says how many they were") {
    std::vector<std::string> lines;
    chat::CappedLog log([&](std::string_view line) { lines.emplace_back(line); }, {.burst_max = 2, .per_second = 1});
    TimePoint now{1h};
    for (int i = 0; i < 5; ++i)
        log.add("line " + std::to_string(i), now);
    CHECK(lines == std::vector<std::string>{"line 0", "line 1"});

    now += 1s;
    log.add("later", now);
    REQUIRE(lines.size() == 4);
    CHECK(lines[2] == "(3 lines left out: too many at once)");
    CHECK(lines[3] == "later");
}

TEST_CASE("a capped log writes no control characters, and nothing where nobody listens") {
    std::vector<std::string> lines;
    chat::CappedLog log([&](std::string_view line) { lines.emplace_back(line); }, {.burst_max = 9, .per_second = 1});
    log.add("a\n\x1b[31mb\u0085c", TimePoint{1h});
    CHECK(lines == std::vector<std::string>{"a??[31mb?c"});

    chat::CappedLog silent({}, {.burst_max = 1, .per_second = 1});
    silent.add("heard by nobody", TimePoint{1h});
}
