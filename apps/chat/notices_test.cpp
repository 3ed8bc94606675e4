// SPDX-License-Identifier: MIT
#include "apps/chat/notices.hpp"

#include <doctest/doctest.h>

using namespace parley;
using namespace parley::chat;
using namespace std::chrono_literals;

TEST_CASE("comings and goings within the rate are told at once, and beyond it together") {
    Notices notices({.burst_max = 2, .per_second = 1});
    TimePoint now{1h};
    CHECK(notices.joined({"a", "Ada"}, now));
    CHECK(notices.joined({"b", "Bob"}, now));
    CHECK_FALSE(notices.joined({"c", "Cleo"}, now));
    CHECK_FALSE(notices.left({"a", "Ada"}, now));

    now += 10s;
    CHECK_FALSE(notices.joined({"d", "Dora"}, now));  // there would be a token, but Cleo came first
    const Changes changes = notices.take();
    REQUIRE(changes.joined.size() == 2);
    CHECK(changes.joined[0].name == "Cleo");
    CHECK(changes.joined[1].name == "Dora");
    REQUIRE(changes.left.size() == 1);
    CHECK(changes.left[0].name == "Ada");
    CHECK(notices.take().joined.empty());
    CHECK(notices.left({"d", "Dora"}, now));
}

TEST_CASE("who comes and goes again while it is too lively is not told of") {
    Notices notices({.burst_max = 0, .per_second = 0});
    const TimePoint now{1h};
    for (int i = 0; i < 1000; ++i) {
        CHECK_FALSE(notices.joined({std::to_string(i), "Churn"}, now));
        CHECK_FALSE(notices.left({std::to_string(i), "Churn"}, now));
    }
    const Changes changes = notices.take();
    CHECK(changes.joined.empty());
    CHECK(changes.left.empty());
}
