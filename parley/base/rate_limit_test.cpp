// SPDX-License-Identifier: MIT
#include "parley/base/rate_limit.hpp"

#include <doctest/doctest.h>

namespace parley {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint start{1h};

// How many of `tries` are allowed at `now`.
int allowed(RateLimit& limit, TimePoint now, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i)
        count += limit.count(now, 5, 10) ? 1 : 0;
    return count;
}

TEST_CASE("rate limit: a burst is allowed at once, then one for each interval, and what is refused costs nothing") {
    RateLimit limit;
    CHECK(allowed(limit, start, 4) == 4);
    CHECK(allowed(limit, start, 1) == 1);
    CHECK(allowed(limit, start, 1'000) == 0);
    CHECK(allowed(limit, start + 99ms, 1) == 0);
    CHECK(allowed(limit, start + 100ms, 2) == 1);
    CHECK(allowed(limit, start + 350ms, 9) == 2);
    CHECK(allowed(limit, start + 400ms, 9) == 1);
}

TEST_CASE("rate limit: after a pause the whole burst is allowed again, and not more") {
    RateLimit limit;
    CHECK(allowed(limit, start, 9) == 5);
    CHECK(allowed(limit, start + 500ms, 9) == 5);
    CHECK(allowed(limit, start + 24h, 9) == 5);
}

}  // namespace
}  // namespace parley
