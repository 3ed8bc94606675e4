// SPDX-License-Identifier: MIT
#include "parley/client/backoff.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>

namespace parley::client::test {
namespace {

using namespace std::chrono_literals;

// Always the same chance.
class Fixed final : public EntropySource {
 public:
    explicit Fixed(std::byte octet) : octet_(octet) {}
    void fill(std::span<std::byte> bytes) override { std::ranges::fill(bytes, octet_); }

 private:
    std::byte octet_;
};

}  // namespace

TEST_CASE("backoff: each delay is twice the one before, up to the longest") {
    Fixed nothing(std::byte{0});
    Backoff backoff({.delay = 1s, .delay_max = 5s});
    for (const Duration expected : {Duration(1s), Duration(2s), Duration(4s), Duration(5s), Duration(5s)})
        CHECK(backoff.next(nothing) == expected);
    for (int i = 0; i < 5000; ++i)  // where the official client's power overflows, and its delays become nothing
        CHECK(backoff.next(nothing) == 5s);
}

TEST_CASE("backoff: chance takes its part from what has been bounded, so that none comes at the same time") {
    Fixed all(std::byte{0xFF});
    Backoff backoff({.delay = 1s, .delay_max = 5s, .randomization = 0.5});
    for (const Duration least : {Duration(500ms), Duration(1s), Duration(2s), Duration(2500ms), Duration(2500ms)}) {
        const Duration delay = backoff.next(all);
        CHECK(delay >= least);
        CHECK(delay < least + 1ms);
    }
    Backoff wild({.delay = 1s, .delay_max = 5s, .randomization = 1});
    CHECK(wild.next(all) < 1ms);
    Backoff strange({.delay = 1s, .delay_max = 5s, .randomization = 7});
    CHECK(strange.next(all) < 1ms);
    CHECK(strange.next(all) >= 0ms);
}

TEST_CASE("backoff: only a connection that has lasted begins the row anew") {
    Fixed nothing(std::byte{0});
    Backoff backoff({.delay = 1s, .delay_max = 5s});
    CHECK(backoff.next(nothing) == 1s);
    backoff.note_connection(4s);
    CHECK(backoff.next(nothing) == 2s);
    backoff.note_connection(5s);
    CHECK(backoff.next(nothing) == 1s);
}

TEST_CASE("backoff: no delay at all is none") {
    Fixed nothing(std::byte{0});
    Backoff backoff({.delay = 0s, .delay_max = 0s});
    CHECK(backoff.next(nothing) == 0s);
    CHECK(backoff.next(nothing) == 0s);
}

}  // namespace parley::client::test
