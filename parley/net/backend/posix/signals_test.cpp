// SPDX-License-Identifier: MIT
// What only the real backend can show: signals to a process of several threads.
#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <optional>
#include <thread>
#include <vector>

#include "parley/net/backend/test_worlds.hpp"

namespace parley::net::test {
namespace {

using Handler = void (*)(int);

Handler present_handler(int signal) {
    struct sigaction action{};
    sigaction(signal, nullptr, &action);
    return action.sa_handler;
}

/// A thread that computes until this goes out of scope, and blocks no signal.
struct BusyThread {
    std::jthread thread{[](const std::stop_token& stop) {
        while (!stop.stop_requested())
            std::this_thread::yield();
    }};
};

}  // namespace

TEST_CASE("signals: one to the process is told to the loop, though another thread ran before the watch was made") {
    const BusyThread busy;
    EpollWorld world;
    int told = 0;
    const auto watch = world.loop.on_signals({SIGUSR1}, [&](int signal) { told += signal; }).value();
    for (int i = 1; i <= 50; ++i) {
        REQUIRE(kill(getpid(), SIGUSR1) == 0);
        REQUIRE(run_until(world.loop, [&] { return told == i * SIGUSR1; }));
    }
    // Sent to the other thread it is the same.
    REQUIRE(pthread_kill(const_cast<std::jthread&>(busy.thread).native_handle(), SIGUSR1) == 0);
    REQUIRE(run_until(world.loop, [&] { return told == 51 * SIGUSR1; }));
}

TEST_CASE("signals: every watch of every loop hears each one") {
    const BusyThread busy;
    constexpr int loops = 3;
    constexpr int rounds = 20;
    std::atomic<int> ready = 0;
    std::atomic<int> heard = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < loops; ++i) {
        threads.emplace_back([&] {
            EpollWorld world;
            int left = rounds;
            const auto first = world.loop.on_signals({SIGUSR1, SIGUSR2}, [&](int signal) {
                CHECK(signal == SIGUSR1);
                ++heard;
                if (--left == 0) world.loop.stop();
            });
            const auto other = world.loop.on_signals({SIGUSR2}, [&](int) { heard += 1'000'000; });
            ++ready;
            world.loop.run();
        });
    }
    while (ready < loops)
        std::this_thread::yield();
    for (int round = 1; round <= rounds; ++round) {
        REQUIRE(kill(getpid(), SIGUSR1) == 0);
        while (heard < round * loops)
            std::this_thread::yield();
    }
    threads.clear();
    CHECK(heard == rounds * loops);
}

TEST_CASE("signals: one that arrives before the loop runs is told when it does") {
    EpollWorld world;
    std::vector<int> told;
    const auto watch = world.loop.on_signals({SIGUSR2, SIGUSR1}, [&](int signal) { told.push_back(signal); }).value();
    raise(SIGUSR2);
    raise(SIGUSR1);
    raise(SIGUSR2);
    REQUIRE(run_until(world.loop, [&] { return !told.empty(); }));
    CHECK(told == std::vector{SIGUSR1, SIGUSR2});
}

TEST_CASE("signals: the last watch puts back the handler that was there") {
    static volatile std::sig_atomic_t mine = 0;
    const Handler before = std::signal(SIGUSR1, [](int) { mine = mine + 1; });
    const Handler ours = present_handler(SIGUSR1);
    EpollWorld world;
    EpollWorld other;
    int told = 0;
    const auto count = [&](int) { ++told; };
    auto first = world.loop.on_signals({SIGUSR1, SIGUSR1}, count).value();
    auto second = other.loop.on_signals({SIGUSR1, SIGUSR2}, count).value();
    raise(SIGUSR1);
    CHECK(mine == 0);
    first.reset();
    CHECK((present_handler(SIGUSR1) != ours));
    REQUIRE(run_until(other.loop, [&] { return told == 1; }));
    second.reset();
    CHECK((present_handler(SIGUSR1) == ours));
    CHECK((present_handler(SIGUSR2) == SIG_DFL));
    raise(SIGUSR1);
    CHECK(mine == 1);
    CHECK(told == 1);
    std::signal(SIGUSR1, before);
}

TEST_CASE("signals: a handler that somebody installs over the watch's stays") {
    EpollWorld world;
    auto watch = world.loop.on_signals({SIGUSR1}, [](int) {}).value();
    std::signal(SIGUSR1, SIG_IGN);
    watch.reset();
    CHECK((present_handler(SIGUSR1) == SIG_IGN));
    std::signal(SIGUSR1, SIG_DFL);
}

TEST_CASE("signals: a watch may be exchanged for another in its own callback") {
    EpollWorld world;
    int told = 0;
    std::unique_ptr<SignalWatch> watch;
    watch = world.loop
                .on_signals({SIGUSR1, SIGUSR2},
                            [&, guard = std::make_shared<int>(1)](int) {
                                watch = world.loop.on_signals({SIGUSR1}, [&](int) { told += 10; }).value();
                                told += *guard;  // what the function captured survives the watch
                            })
                .value();
    raise(SIGUSR1);
    raise(SIGUSR2);
    REQUIRE(run_until(world.loop, [&] { return told == 1; }));
    CHECK((present_handler(SIGUSR2) == SIG_DFL));
    raise(SIGUSR1);
    REQUIRE(run_until(world.loop, [&] { return told == 11; }));
}

TEST_CASE("signals: watches that come and go on several threads while signals arrive disturb nobody") {
    EpollWorld world;
    int told = 0;
    const auto watch = world.loop.on_signals({SIGUSR1}, [&](int) { ++told; }).value();
    std::atomic<int> busy = 2;
    const auto come_and_go = [&] {
        EpollWorld mine;
        for (int i = 0; i < 300; ++i) {
            const auto brief = mine.loop.on_signals({SIGUSR1, SIGUSR2}, [](int) {});
            mine.loop.run_turn(mine.loop.now());
        }
        --busy;
    };
    std::jthread first(come_and_go);
    std::jthread second(come_and_go);
    for (int sent = 0; busy > 0 || sent < 100; ++sent) {
        const int before = told;
        kill(getpid(), SIGUSR1);
        REQUIRE(run_until(world.loop, [&] { return told > before; }));
    }
}

TEST_CASE("signals: one that cannot be watched is an error, and those named with it stay as they were") {
    EpollWorld world;
    for (const int wrong : {0, -1, 65, SIGKILL}) {
        CAPTURE(wrong);
        CHECK_FALSE(world.loop.on_signals({SIGUSR1, wrong}, [](int) {}).has_value());
        CHECK((present_handler(SIGUSR1) == SIG_DFL));
    }
}

}  // namespace parley::net::test
