// SPDX-License-Identifier: MIT
#include "apps/parley/bench_channel.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>

using namespace parley;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint start{};

struct Sent {
    explicit Sent(std::uint64_t messages, std::size_t receivers = 1) : channel(findings, receivers) {
        for (std::uint64_t i = 0; i < messages; ++i)
            channel.send(start + std::chrono::seconds(i));
    }

    BenchFindings findings;
    BenchChannel channel;
};

}  // namespace

TEST_CASE("messages that come once and in their order are well, and measured from when they were due") {
    Sent sent(300);
    for (std::uint64_t i = 0; i < 300; ++i) {
        CHECK(sent.channel.expected(0) == i);
        CHECK(sent.channel.waiting() == 300 - i);
        CHECK(sent.channel.receive(0, i, start + std::chrono::seconds(i) + 5ms));
    }
    CHECK(sent.findings.is_well());
    CHECK(sent.findings.received == 300);
    CHECK(sent.findings.times.count() == 300);
    CHECK(sent.findings.times.longest() == 5ms);
    CHECK(sent.channel.next_number() == 300);
    CHECK(sent.channel.give_up(TimePoint::max()) == 0);
}

TEST_CASE("what was due before the measuring begins is checked, and not measured") {
    Sent sent(0);
    sent.findings.measured_from = start + 1s;
    sent.channel.send(start);
    sent.channel.send(start + 1s);
    CHECK(sent.channel.receive(0, 0, start + 3s));
    CHECK(sent.channel.receive(0, 1, start + 3s));
    CHECK(sent.findings.measured == 1);
    CHECK(sent.findings.times.count() == 1);
    CHECK(sent.findings.times.longest() == 2s);
    CHECK(sent.findings.received == 2);
}

TEST_CASE("a message that is overtaken is out of order when it comes, and lost when it does not") {
    Sent sent(4);
    CHECK(sent.channel.receive(0, 2, start));
    CHECK(sent.findings.disordered == 0);
    CHECK(sent.channel.receive(0, 0, start));
    CHECK(sent.findings.disordered == 1);
    CHECK(sent.channel.receive(0, 3, start));
    CHECK(sent.channel.waiting() == 1);
    CHECK(sent.channel.give_up(start + 1s) == 0);
    CHECK(sent.channel.give_up(start + 2s) == 1);
    CHECK(sent.findings.lost == 1);
    CHECK(sent.findings.disordered == 1);
    CHECK_FALSE(sent.findings.is_well());
    CHECK_FALSE(sent.channel.receive(0, 1, start));  // too late
    CHECK(sent.findings.unexpected == 1);
}

TEST_CASE("a message that comes twice, and one that nobody sent, are found") {
    Sent sent(3);
    CHECK(sent.channel.receive(0, 0, start));
    CHECK_FALSE(sent.channel.receive(0, 0, start));
    CHECK(sent.channel.receive(0, 2, start));
    CHECK_FALSE(sent.channel.receive(0, 2, start));
    CHECK(sent.findings.unexpected == 2);
    CHECK_FALSE(sent.channel.receive(0, 3, start));
    CHECK(sent.findings.altered == 1);
    CHECK(sent.findings.received == 2);
}

TEST_CASE("a message is done when it has come to all of its receivers") {
    Sent sent(2, 3);
    CHECK_FALSE(sent.channel.receive(0, 0, start));
    CHECK_FALSE(sent.channel.receive(2, 0, start));
    CHECK_FALSE(sent.channel.receive(0, 1, start));
    CHECK_FALSE(sent.channel.receive(0, 1, start));  // again
    CHECK(sent.channel.receive(1, 0, start));
    CHECK(sent.channel.waiting() == 1);
    CHECK(sent.channel.give_up(start + 9s) == 1);
    CHECK(sent.findings.lost == 2);
    CHECK(sent.findings.received == 4);
    CHECK(sent.findings.unexpected == 1);
    sent.channel.send(start);
    CHECK(sent.channel.next_number() == 3);
    for (std::size_t receiver = 0; receiver < 3; ++receiver)
        CHECK(sent.channel.receive(receiver, 2, start) == (receiver == 2));
}
