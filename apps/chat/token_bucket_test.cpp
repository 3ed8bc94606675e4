// SPDX-License-Identifier: MIT
#include "apps/chat/token_bucket.hpp"

#include <doctest/doctest.h>

using namespace parley;
using namespace std::chrono_literals;

TEST_CASE("a token bucket lets a burst through, then its rate, and never saves up more than the burst") {
    chat::TokenBucket bucket({.burst_max = 3, .per_second = 2});
    TimePoint now{1h};
    for (int i = 0; i < 3; ++i)
        CHECK(bucket.take(now));
    CHECK_FALSE(bucket.take(now));
    now += 250ms;
    CHECK_FALSE(bucket.take(now));
    now += 250ms;
    CHECK(bucket.take(now));
    CHECK_FALSE(bucket.take(now));

    now += 1h;
    for (int i = 0; i < 3; ++i)
        CHECK(bucket.take(now));
    CHECK_FALSE(bucket.take(now));
}

TEST_CASE("a token bucket says when it is full, and how long the next token takes") {
    chat::TokenBucket bucket({.burst_max = 2, .per_second = 2});
    TimePoint now{1h};
    CHECK(bucket.is_full(now));
    CHECK(bucket.take(now));
    CHECK_FALSE(bucket.is_full(now));
    CHECK(bucket.wait() == 0ms);
    CHECK(bucket.take(now));
    CHECK_FALSE(bucket.take(now));
    CHECK(bucket.wait() == 500ms);
    now += 999ms;
    CHECK_FALSE(bucket.is_full(now));
    now += 1ms;
    CHECK(bucket.is_full(now));
}
