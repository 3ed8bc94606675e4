// SPDX-License-Identifier: MIT
#include "apps/parley/bench_payload.hpp"

#include <doctest/doctest.h>

using namespace parley;

TEST_CASE("a payload has its size, and is read as it was written") {
    for (const std::size_t bytes : {BenchPayload::bytes_min, BenchPayload::bytes_min + 1, std::size_t{1'000}}) {
        const BenchPayload payload(bytes);
        for (const BenchTag tag : {BenchTag{0, 0}, BenchTag{49'999, 123}, BenchTag{UINT32_MAX, UINT64_MAX}}) {
            std::string text;
            payload.append(text, tag);
            CHECK(text.size() == bytes);
            CHECK(payload.read(text) == tag);
        }
    }
}

TEST_CASE("a payload that was altered anywhere is none, or has another tag") {
    const BenchPayload payload(40);
    const BenchTag tag{7, 42};
    std::string text;
    payload.append(text, tag);
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string altered = text;
        altered[at] = altered[at] == 'q' ? 'r' : 'q';
        CHECK_FALSE(payload.read(altered));
    }
    CHECK_FALSE(payload.read(text.substr(1)));
    CHECK_FALSE(payload.read(text + "a"));
    CHECK_FALSE(payload.read(""));
    CHECK_FALSE(payload.read(std::string(40, '0')));
    CHECK_FALSE(payload.read(std::string(40, '.')));
    text[0] = '8';
    CHECK_FALSE(payload.read(text));
}
