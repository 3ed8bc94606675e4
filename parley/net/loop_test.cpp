// SPDX-License-Identifier: MIT
#include "parley/net/loop.hpp"

#include <doctest/doctest.h>

#include <poll.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "parley/net/backend/test_worlds.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/loop_guest.hpp"
#include "parley/net/mailbox.hpp"

namespace parley::net::test {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

TEST_CASE("loop: a turn runs what was posted, then timers, then tasks until none is left") {
    EpollWorld world;
    std::string order;
    TurnTask second(world.loop, [&] { order += "second "; });
    TurnTask first(world.loop, [&] {
        order += "first ";
        second.schedule();
    });
    Timer timer(world.loop, [&] { order += "timer "; });
    timer.start(0ms);
    const TimePoint due = world.loop.next_deadline();
    while (world.loop.now() < due)
        std::this_thread::yield();
    first.schedule();
    world.loop.post([&] {
        order += "posted ";
        world.loop.post([&] { order += "next turn"; });
    });
    world.loop.run_turn(no_deadline);
    CHECK(order == "posted timer first second ");
    world.loop.run_turn(no_deadline);
    CHECK(order == "posted timer first second next turn");
}

TEST_CASE("loop: a function that runs as a turn is in one, with the tasks that it asks for and nothing else") {
    EpollWorld world;
    std::string order;
    world.loop.post([&] { order += "posted "; });
    TurnTask next(world.loop, [&] { order += "next "; });
    next.schedule_next_turn();
    TurnTask task(world.loop, [&] { order += "task "; });
    const std::uint64_t turn = world.loop.turn();
    world.loop.run_as_turn([&] {
        CHECK(world.loop.is_current());
        CHECK(world.loop.turn() == turn + 1);
        task.schedule();
        world.loop.run_as_turn([&] { order += "inside "; });
        CHECK(order == "inside ");
    });
    CHECK_FALSE(world.loop.is_current());
    CHECK(order == "inside task ");
    world.loop.run_turn(no_deadline);
    CHECK(order == "inside task posted next ");
}

TEST_CASE("loop: a task that ends something runs in the turn in which a stream's flush has asked for it") {
    EpollWorld world;
    bool has_ended = false;
    TurnTask end(world.loop, [&] { has_ended = true; });
    End accepted;
    const auto listener =
        world.loop.listen(Endpoint::loopback(0), {}, [&](auto stream) { accepted.take(std::move(stream)); });
    REQUIRE(listener);
    Recorder drained;
    drained.when_drained = [&] { end.schedule_ending(); };
    std::unique_ptr<Stream> stream;
    const auto connecting = world.loop.connect((*listener)->endpoint(), {}, [&](Result<std::unique_ptr<Stream>> made) {
        stream = std::move(*made);
        stream->set_handler(drained);
    });
    while (stream == nullptr)
        world.loop.run_turn(no_deadline);
    stream->outbox().append("x");
    stream->flush_soon();
    while (!end.is_scheduled() && !has_ended)
        world.loop.run_turn(no_deadline);
    CHECK(has_ended);
}

TEST_CASE("loop: one that goes with its turn ends run(), and what waits is destroyed") {
    for (const bool by_hand : {false, true}) {
        std::unique_ptr<Loop> owned = make_loop();
        Loop& loop = *owned;
        const auto held = std::make_shared<int>(1);
        bool was_called = false;
        loop.post([&] { Loop::destroy_after_turn(std::move(owned)); });
        loop.post([&, held] { loop.post([&, held] { was_called = true; }); });
        by_hand ? static_cast<void>(loop.run_turn(no_deadline)) : loop.run();
        CHECK(held.use_count() == 1);
        CHECK_FALSE(was_called);
    }
}

TEST_CASE("loop: a task for the next turn waits for it, and wakes the loop for it") {
    EpollWorld world;
    int runs = 0;
    TurnTask task(world.loop, [&] { ++runs; });
    world.loop.post([&] { task.schedule_next_turn(); });
    world.loop.run_turn(no_deadline);
    CHECK(runs == 0);
    CHECK(task.is_scheduled());
    world.loop.run_turn(no_deadline);
    CHECK(runs == 1);
    CHECK_FALSE(task.is_scheduled());

    TurnTask again(world.loop, [&] {
        if (++runs < 4) again.schedule_next_turn();
    });
    again.schedule();
    for (int expected = 2; expected <= 4; ++expected) {
        world.loop.run_turn(no_deadline);
        CHECK(runs == expected);
    }
    CHECK_FALSE(again.is_scheduled());
    again.schedule_next_turn();
    again.cancel();
    world.loop.run_turn(world.loop.now());
    CHECK(runs == 4);
}

TEST_CASE_TEMPLATE("loop: timers are never early and hardly late", World, EpollWorld, SimulatedTestWorld) {
    World world;
    for (const Duration distance : {Duration(0ms), Duration(1ms), Duration(7ms), Duration(20ms), Duration(50ms)}) {
        CAPTURE(distance.count());
        bool expired = false;
        Timer timer(world.loop, [&] { expired = true; });
        const TimePoint began = world.loop.now();
        timer.start(distance);
        CHECK(timer.is_running());
        REQUIRE(run_until(world.loop, [&] { return expired; }));
        CHECK(world.loop.now() - began >= distance);
        // A busy machine may be late by more; a wheel that turns wrongly is late by half a second.
        CHECK(world.loop.now() - began < distance + 400ms);
        CHECK_FALSE(timer.is_running());
    }
}

TEST_CASE_TEMPLATE("loop: a timer stops, restarts and goes with its deadline", World, EpollWorld, SimulatedTestWorld) {
    World world;
    int stopped = 0;
    int restarted = 0;
    bool last = false;
    Timer stop(world.loop, [&] { ++stopped; });
    Timer restart(world.loop, [&] { ++restarted; });
    Timer none(world.loop, [&] { ++stopped; });
    stop.start(5ms);
    none.start(5ms);
    restart.start(1h);
    stop.stop();
    none.start_at(no_deadline);
    CHECK_FALSE(none.is_running());
    restart.start(5ms);
    world.loop.after(60ms, [&] { last = true; });
    REQUIRE(run_until(world.loop, [&] { return last; }));
    CHECK(stopped == 0);
    CHECK(restarted == 1);
}

TEST_CASE_TEMPLATE("loop: a deadline that has passed is due at once, one beyond all time never", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    int runs = 0;
    bool never = false;
    Timer late(world.loop, [&] { ++runs; });
    Timer endless(world.loop, [&] { never = true; });
    endless.start(Duration::max());
    for (const TimePoint deadline : {world.loop.now() - 1s, TimePoint{}, TimePoint::min()}) {
        const TimePoint began = world.loop.now();
        const int before = runs;
        late.start_at(deadline);
        CHECK(runs == before);  // not inside the call
        REQUIRE(run_until(world.loop, [&] { return runs > before; }));
        CHECK(world.loop.now() - began < 400ms);
    }
    CHECK(endless.is_running());
    CHECK_FALSE(never);
}

TEST_CASE_TEMPLATE("loop: timers and tasks may restart, stop and destroy each other and themselves", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    std::string order;
    auto periodic = std::unique_ptr<Timer>();
    auto victim = std::make_unique<Timer>(world.loop, [&] { order += "victim "; });
    auto task = std::unique_ptr<TurnTask>();
    auto other_task = std::make_unique<TurnTask>(world.loop, [&] { order += "other "; });
    periodic = std::make_unique<Timer>(world.loop, [&, guard = std::make_shared<std::string>("alive")] {
        order += "tick ";
        victim.reset();
        if (order.size() < 15) return periodic->start(1ms);
        periodic.reset();
        order += *guard + " ";  // what the function captured survives the timer
        task->schedule();
        other_task->schedule();
    });
    task = std::make_unique<TurnTask>(world.loop, [&, guard = std::make_shared<std::string>("done")] {
        other_task.reset();
        task.reset();
        order += *guard;
    });
    periodic->start(1ms);
    victim->start(1ms);
    REQUIRE(run_until(world.loop, [&] { return order.ends_with("done"); }));
    CHECK(order == "tick tick tick alive done");
}

TEST_CASE_TEMPLATE("loop: run returns on stop, at once when it was stopped before, and can run again", World,
                   EpollWorld, SimulatedTestWorld) {
    World world;
    int runs = 0;
    world.loop.post([&] {
        ++runs;
        CHECK(world.loop.is_current());
        world.loop.stop();
    });
    CHECK_FALSE(world.loop.is_current());
    world.loop.run();
    world.loop.stop();
    world.loop.run();
    world.loop.after(1ms, [&] {
        ++runs;
        world.loop.stop();
    });
    world.loop.run();
    CHECK(runs == 2);
}

TEST_CASE_TEMPLATE("loop: what still waits when it is destroyed is destroyed, not run", World, EpollWorld,
                   SimulatedTestWorld) {
    const auto kept = std::make_shared<int>(0);
    {
        World world;
        world.loop.post([kept, &world] {
            world.loop.post([kept] { ++*kept; });
            ++*kept;
        });
        world.loop.after(0ms, [kept] { ++*kept; });
        CHECK(kept.use_count() == 3);
    }
    CHECK(kept.use_count() == 1);
    CHECK(*kept == 0);
}

TEST_CASE_TEMPLATE("loop: an idle one sleeps, and one with a distant timer hardly wakes", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    CHECK(count_turns(world.loop, 50ms) <= 3);
    Timer timer(world.loop, [] {});
    timer.start(25s);
    CHECK(count_turns(world.loop, 50ms) <= 3);
}

TEST_CASE_TEMPLATE("loop: a signal is told to its watch, also one that it ends", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    const auto raise_signal = [&](int signal) {
        if constexpr (requires { world.network; }) {
            world.network.raise(signal);
        } else {
            ::raise(signal);
        }
    };
    std::vector<int> told;
    std::unique_ptr<SignalWatch> watch;
    watch = world.loop
                .on_signals({SIGUSR1, SIGUSR2},
                            [&](int signal) {
                                told.push_back(signal);
                                if (signal == SIGUSR2) watch.reset();
                            })
                .value();
    raise_signal(SIGUSR1);
    REQUIRE(run_until(world.loop, [&] { return told.size() == 1; }));
    raise_signal(SIGUSR2);
    REQUIRE(run_until(world.loop, [&] { return told.size() == 2; }));
    CHECK(told == std::vector{SIGUSR1, SIGUSR2});
    CHECK(watch == nullptr);
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    CHECK(sigismember(&blocked, SIGUSR1) == 0);
}

TEST_CASE_TEMPLATE("loop: addresses are their own names, unknown names are an error, destroying cancels", World,
                   EpollWorld, SimulatedTestWorld) {
    World world;
    std::optional<Result<std::vector<Endpoint>>> numeric;
    std::optional<Result<std::vector<Endpoint>>> unknown;
    bool cancelled_was_told = false;
    const auto first = world.loop.resolve("::1", 80, [&](auto result) { numeric = std::move(result); });
    // No name server is asked for a name with an empty label.
    const auto second = world.loop.resolve("no..such..name", 80, [&](auto result) { unknown = std::move(result); });
    auto third = world.loop.resolve("127.0.0.1", 80, [&](auto) { cancelled_was_told = true; });
    auto fourth = world.loop.resolve("no..other..name", 80, [&](auto) { cancelled_was_told = true; });
    CHECK_FALSE(numeric.has_value());
    third.reset();
    fourth.reset();
    REQUIRE(run_until(world.loop, [&] { return numeric && unknown; }));
    REQUIRE(numeric->has_value());
    CHECK(numeric->value() == std::vector{Endpoint::ipv6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 80)});
    REQUIRE_FALSE(unknown->has_value());
    CHECK(unknown->error().message.find("no..such..name") != std::string::npos);
    CHECK_FALSE(cancelled_was_told);
}

TEST_CASE("loop: functions posted from many threads all run, each thread's in order, and the loop wakes for them") {
    const std::unique_ptr<Loop> loop = make_loop();
    constexpr int threads = 4;
    constexpr int posts = 5000;
    std::vector<int> last(threads, -1);
    int wrong = 0;
    int done = 0;
    std::vector<std::thread> posters;
    for (int thread = 0; thread < threads; ++thread) {
        posters.emplace_back([&, thread] {
            for (int i = 0; i < posts; ++i) {
                loop->post([&, thread, i] {
                    wrong += last[static_cast<std::size_t>(thread)] + 1 != i;
                    last[static_cast<std::size_t>(thread)] = i;
                    if (++done == threads * posts) loop->stop();
                });
            }
        });
    }
    loop->run();
    for (std::thread& poster : posters)
        poster.join();
    CHECK(done == threads * posts);
    CHECK(wrong == 0);
}

TEST_CASE("loop: another thread stops it out of its sleep") {
    const std::unique_ptr<Loop> loop = make_loop();
    std::thread stopper;
    loop->post([&] { stopper = std::thread([&] { loop->stop(); }); });
    loop->run();
    stopper.join();
}

TEST_CASE("loop: one that is destroyed while names are looked up ends its thread first") {
    int told = 0;
    for (int round = 0; round < 20; ++round) {
        const std::unique_ptr<Loop> loop = make_loop();
        const auto first = loop->resolve("no..such..name", 1, [&](auto) { ++told; });
        const auto second = loop->resolve("no..other..name", 1, [&](auto) { ++told; });
    }
    CHECK(told == 0);
}

TEST_CASE("loop: its guests are told before it ends, as a turn, and those that have left are not") {
    struct Guest : LoopGuest {
        Guest(Loop& its_loop, Texts& its_lines, const char* its_name)
            : loop(its_loop), lines(its_lines), name(its_name) {}
        void handle_loop_end() noexcept override {
            lines.push_back(name);
            CHECK(loop.is_current());
            if (next != nullptr) CHECK(LoopGate(loop).mailbox().add(*next));
        }
        Loop& loop;
        Texts& lines;
        const char* name;
        Guest* next = nullptr;
    };
    Texts lines;
    std::unique_ptr<Loop> loop = make_loop();
    const std::shared_ptr<Mailbox> mailbox = LoopGate(*loop).shared_mailbox();
    Guest first(*loop, lines, "first");
    Guest gone(*loop, lines, "gone");
    Guest second(*loop, lines, "second");
    Guest late(*loop, lines, "late");
    for (Guest* const guest : {&first, &gone, &second})
        CHECK(mailbox->add(*guest));
    mailbox->remove(gone);
    first.next = &late;
    loop.reset();
    CHECK(lines == Texts{"first", "second", "late"});
    CHECK_FALSE(mailbox->add(gone));
    mailbox->remove(gone);
}

TEST_CASE("loop: its descriptor is readable when it was woken, and not when there is nothing to do") {
    const std::unique_ptr<Loop> loop = make_loop();
    const auto is_readable = [&] {
        pollfd descriptor{loop->descriptor(), POLLIN, 0};
        return ::poll(&descriptor, 1, 0) == 1;
    };
    loop->run_turn(loop->now());
    CHECK_FALSE(is_readable());
    int calls = 0;
    std::thread([&] { loop->post([&] { ++calls; }); }).join();
    CHECK(is_readable());
    loop->run_turn(loop->now());
    CHECK(calls == 1);
    CHECK_FALSE(is_readable());
}

}  // namespace parley::net::test
