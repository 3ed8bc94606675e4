// SPDX-License-Identifier: MIT
#include "parley/net/loop_gate.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "parley/net/backend/test_worlds.hpp"
#include "parley/net/posted_call.hpp"

namespace parley::net::test {

TEST_CASE("loop gate: nobody is on a loop that has not run; then the thread that ran it last is") {
    EpollWorld world;
    const auto gate = std::make_shared<LoopGate>(world.loop);
    CHECK_FALSE(gate->is_here());
    const auto run_once = [&] {
        bool was_here = false;
        gate->post([&] { was_here = gate->is_here(); });
        world.loop.run_turn(world.loop.now());
        return was_here && gate->is_here();
    };
    CHECK(run_once());
    std::jthread([&] {
        CHECK_FALSE(gate->is_here());
        CHECK(run_once());
    }).join();
    CHECK_FALSE(gate->is_here());
}

TEST_CASE("loop gate: a new thread is not taken for the one that ran the loop and has ended") {
    EpollWorld world;
    const auto gate = std::make_shared<LoopGate>(world.loop);
    std::jthread([&] { world.loop.run_turn(world.loop.now()); }).join();
    // The system likes to give a new thread the identity of one that is gone.
    for (int i = 0; i < 10; ++i)
        std::jthread([&] { CHECK_FALSE(gate->is_here()); }).join();
}

TEST_CASE("loop gate: a posted call runs on the loop behind the functions, again when it is posted again") {
    struct Noting : PostedCall {
        explicit Noting(std::string& its_log) : log(its_log) {}
        void run_posted() noexcept override {
            log += name;
            if (next != nullptr) gate->post(*std::exchange(next, nullptr));
        }
        std::string& log;
        char name = 'a';
        LoopGate* gate = nullptr;
        Noting* next = nullptr;
    };
    std::string log;
    Noting first(log);
    Noting second(log);
    second.name = 'b';
    {
        EpollWorld world;
        const auto gate = std::make_shared<LoopGate>(world.loop);
        first.gate = gate.get();
        first.next = &first;
        std::jthread([&] {
            gate->post(first);
            gate->post(second);
            gate->post([&] { log += 'f'; });
        }).join();
        gate->close();  // is for functions
        world.loop.run_turn(world.loop.now());
        CHECK(log == "ab");
        world.loop.run_turn(world.loop.now());
        CHECK(log == "aba");
        gate->post(second);
        CHECK(log == "aba");
    }
    CHECK(log == "abab");  // at the end of the loop
}

TEST_CASE("loop gate: a call that is posted when the loop has gone runs at once") {
    struct Counting : PostedCall {
        void run_posted() noexcept override { ++count; }
        int count = 0;
    };
    Counting call;
    std::shared_ptr<LoopGate> gate;
    {
        EpollWorld world;
        gate = std::make_shared<LoopGate>(world.loop);
    }
    gate->post(call);
    CHECK(call.count == 1);
}

TEST_CASE("loop gate: the loop is elsewhere while another thread is in run(), or in a turn, and anybody's else") {
    EpollWorld world;
    const auto gate = std::make_shared<LoopGate>(world.loop);
    CHECK_FALSE(gate->is_elsewhere());
    std::atomic<int> turns = 0;
    const auto note_turn = [&] {
        CHECK_FALSE(gate->is_elsewhere());
        ++turns;
        turns.notify_all();
    };
    std::jthread runner([&] { world.loop.run(); });
    gate->post(note_turn);
    turns.wait(0);
    CHECK(gate->is_elsewhere());  // asleep, perhaps
    world.loop.stop();
    runner.join();
    CHECK_FALSE(gate->is_elsewhere());

    // By hand: only within the turn.
    gate->post([&] {
        note_turn();
        turns.wait(2);
    });
    runner = std::jthread([&] { world.loop.run_turn(world.loop.now()); });
    turns.wait(1);
    CHECK(gate->is_elsewhere());
    gate->close();
    CHECK_FALSE(gate->is_elsewhere());
    ++turns;
    turns.notify_all();
    runner.join();
}

TEST_CASE("loop gate: a closed one takes nothing, and what waits behind it is destroyed without having run") {
    EpollWorld world;
    const auto gate = std::make_shared<LoopGate>(world.loop);
    const auto held = std::make_shared<int>(1);
    bool ran = false;
    CHECK(gate->post([&ran, held] { ran = true; }));
    gate->close();
    CHECK_FALSE(gate->is_open());
    CHECK_FALSE(gate->post([&ran, held] { ran = true; }));
    CHECK(held.use_count() == 2);
    world.loop.run_turn(world.loop.now());
    CHECK_FALSE(ran);
    CHECK_FALSE(gate->is_here());
    CHECK(held.use_count() == 1);
}

TEST_CASE("loop gate: one that outlives its loop takes nothing, also from what the loop destroys") {
    auto world = std::make_unique<EpollWorld>();
    const auto gate = std::make_shared<LoopGate>(world->loop);
    bool was_taken = true;
    struct PostsWhenDestroyed {
        std::shared_ptr<LoopGate> gate;
        bool* was_taken;
        ~PostsWhenDestroyed() {
            *was_taken = gate->post([] {});
        }
    };
    const auto last_words = [&] { return std::make_unique<PostsWhenDestroyed>(gate, &was_taken); };
    CHECK(gate->post([object = last_words()] {}));
    world.reset();
    CHECK_FALSE(was_taken);
    CHECK_FALSE(gate->post([] {}));
}

}  // namespace parley::net::test
