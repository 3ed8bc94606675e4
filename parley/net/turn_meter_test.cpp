// SPDX-License-Identifier: MIT
#include "parley/net/turn_meter.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "parley/net/backend/test_worlds.hpp"

namespace parley::net::test {

using namespace std::chrono_literals;

TEST_CASE("lag: the loop says how long its last turn took, and the longest of all") {
    SimulatedTestWorld world;
    Loop& loop = world.loop;
    CHECK(loop.lag().last == 0ns);
    loop.post([&] { world.network.spend(30ms); });
    world.network.run_until_idle();
    loop.post([&] { world.network.spend(20ms); });
    world.network.run_until_idle();
    CHECK(loop.lag().last == 20ms);
    CHECK(loop.lag().longest == 30ms);
    loop.reset_lag();
    CHECK(loop.lag().longest == 0ns);
    CHECK(loop.lag().last == 20ms);
    loop.post([&] { world.network.spend(1ms); });
    world.network.run_until_idle();
    CHECK(loop.lag().longest == 1ms);
}

TEST_CASE("lag: it is that of everything in a turn together: what was posted, timers, tasks") {
    SimulatedTestWorld world;
    TurnTask task(world.loop, [&] { world.network.spend(4ms); });
    Timer timer(world.loop, [&] {
        world.network.spend(2ms);
        task.schedule();
    });
    timer.start(0ms);
    const TimePoint due = world.loop.next_deadline();
    world.network.run_for(due - world.network.now() - 1ns);
    world.loop.post([&] { world.network.spend(1ms); });
    world.network.run_until_idle();
    world.network.run_for(1s);
    CHECK(world.loop.lag().longest == 6ms);
    world.loop.run_as_turn([&] { world.network.spend(9ms); });
    CHECK(world.loop.lag().last == 9ms);
}

TEST_CASE("lag: a sleep is none, and nobody wakes a loop for it") {
    SimulatedTestWorld world;
    Timer timer(world.loop, [] {});
    timer.start(1h);
    const std::uint64_t turns = world.loop.turn();
    world.network.run_for(30min);
    CHECK(world.loop.turn() == turns);
    CHECK(world.loop.lag().present == 0ns);
    world.network.run_for(31min);
    CHECK(world.loop.turn() > turns);
    CHECK(world.loop.lag().longest == 0ns);
}

TEST_CASE("lag: a turn that is under way is seen from another thread") {
    EpollWorld world;
    std::atomic<bool> is_seen = false;
    std::thread watcher([&] {
        while (world.loop.lag().present < 5ms)
            std::this_thread::yield();
        is_seen = true;
    });
    world.loop.post([&] {
        while (!is_seen)
            std::this_thread::yield();
    });
    world.loop.run_turn(no_deadline);
    watcher.join();
    CHECK(world.loop.lag().present == 0ns);
    CHECK(world.loop.lag().last >= 5ms);
    CHECK(world.loop.lag().longest == world.loop.lag().last);
}

TEST_CASE("lag: each watch hears of the turns that are longer than its own bound") {
    SimulatedTestWorld world;
    std::vector<Duration> heard;
    SlowTurnWatch watch(world.loop, 10ms, [&](Duration took) { heard.push_back(took); });
    {
        const SlowTurnWatch other(world.loop, 1ms, [](Duration) {});
        for (const Duration time : {Duration(9ms), Duration(10ms), Duration(10ms + 1ns), Duration(2s)}) {
            world.loop.post([&, time] { world.network.spend(time); });
            world.network.run_until_idle();
        }
        CHECK(other.count() == 4);
    }
    CHECK(heard == std::vector<Duration>{10ms + 1ns, 2s});
    CHECK(watch.count() == 2);
}

TEST_CASE("lag: a watch may post, and what it posts runs in the next turn") {
    SimulatedTestWorld world;
    int told = 0;
    SlowTurnWatch watch(world.loop, 10ms, [&](Duration) {
        world.loop.post([&, turn = world.loop.turn()] {
            CHECK(world.loop.turn() == turn + 1);
            ++told;
        });
    });
    world.loop.post([&] { world.network.spend(1s); });
    world.network.run_until_idle();
    CHECK(told == 1);
}

}  // namespace parley::net::test
