// SPDX-License-Identifier: MIT
#include "apps/parley/bench_histogram.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace parley;
using namespace std::chrono_literals;

TEST_CASE("percentiles are those of what was measured, to a part in 128") {
    BenchHistogram times;
    CHECK(times.percentile(0.5) == 0ns);
    CHECK(times.mean() == 0ns);
    for (int i = 1; i <= 1'000; ++i)
        times.add(std::chrono::microseconds(i));
    CHECK(times.count() == 1'000);
    for (const double part : {0.5, 0.9, 0.99, 0.999}) {
        const double exact = part * 1'000'000;
        const auto told = static_cast<double>(times.percentile(part).count());
        CHECK(told >= exact);
        CHECK(told <= exact * (1 + 1.0 / 128));
    }
    CHECK(times.percentile(1) == 1'000us);
    CHECK(times.longest() == 1'000us);
    CHECK(times.mean() == 500'500ns);
}

TEST_CASE("each length of time has its place, from nothing to the longest") {
    for (int power = 0; power < 63; ++power) {
        const std::int64_t edge = std::int64_t{1} << power;
        for (const std::int64_t value : {edge - 1, edge, edge + edge / 2}) {
            BenchHistogram times;
            times.add(Duration(value));
            times.add(Duration::max());
            const std::int64_t told = times.percentile(0.5).count();
            CHECK(told >= value);
            CHECK(told - value <= value / 128);
        }
    }
    BenchHistogram times;
    times.add(-1ns);
    CHECK(times.percentile(1) == 0ns);
}
