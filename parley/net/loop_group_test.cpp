// SPDX-License-Identifier: MIT
#include "parley/net/loop_group.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "parley/net/backend/test_worlds.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/every_loop.hpp"

namespace parley::net::test {
namespace {

using namespace std::chrono_literals;

struct Group {
    explicit Group(std::size_t threads) : loops(*first, threads) {}

    std::unique_ptr<Loop> first = make_loop();
    LoopGroup loops;
};

// Lends itself on one thread, and notes who else counts it.
struct Lent {
    Lender lender() {
        static constexpr Lender::Counting counting = {
            .retain =
                [](void* object) noexcept {
                    auto& its = *static_cast<Lent*>(object);
                    its.touch();
                    ++its.count;
                    return true;
                },
            .release =
                [](void* object) noexcept {
                    auto& its = *static_cast<Lent*>(object);
                    its.touch();
                    --its.count;
                },
        };
        home = std::this_thread::get_id();
        return {this, &counting};
    }
    void touch() noexcept {
        if (std::this_thread::get_id() != home) was_touched_abroad = true;
    }

    std::thread::id home;
    std::atomic<int> count = 0;
    std::atomic<int> uses = 0;
    std::atomic<bool> was_touched_abroad = false;
};

}  // namespace

TEST_CASE("loop group: every loop runs on a thread of its own while the first one does, and run may be called again") {
    Group group(4);
    for (int round = 0; round < 2; ++round) {
        std::atomic<int> heard = 0;
        std::array<std::thread::id, 4> threads;
        for (std::size_t i = 0; i < 4; ++i) {
            group.loops.loop(i).post([&, i] {
                threads[i] = std::this_thread::get_id();
                if (++heard == 4) group.first->stop();
            });
        }
        group.loops.run();
        CHECK(heard == 4);
        CHECK(threads[0] == std::this_thread::get_id());
        for (std::size_t i = 1; i < 4; ++i)
            for (std::size_t j = 0; j < i; ++j)
                CHECK(threads[i] != threads[j]);
    }
}

TEST_CASE("loop group: one loop alone has no thread") {
    Group group(1);
    CHECK(group.loops.size() == 1);
    group.first->post([&] {
        const LoopHalt halt(group.loops);
        group.first->stop();
    });
    group.loops.run();
}

TEST_CASE("loop group: a halt lets nobody else run, whichever loop asks for it") {
    Group group(3);
    std::array<std::atomic<int>, 3> busy{};
    std::atomic<bool> is_halted = false;
    std::atomic<int> halts = 0;
    std::array<Function<void()>, 3> work;
    for (std::size_t i = 0; i < 3; ++i) {
        work[i] = [&, i] {
            CHECK_FALSE(is_halted);
            ++busy[i];
            if (busy[i] % 5 == 0) {
                const LoopHalt halt(group.loops);
                CHECK_FALSE(is_halted.exchange(true));
                std::array<int, 3> before{};
                for (std::size_t j = 0; j < 3; ++j)
                    before[j] = busy[j];
                std::this_thread::yield();
                for (std::size_t j = 0; j < 3; ++j)
                    CHECK(busy[j] == before[j]);
                is_halted = false;
                if (++halts == 60) group.first->stop();
            }
            group.loops.loop(i).post([&, i] { work[i](); });
        };
        group.loops.loop(i).post([&, i] { work[i](); });
    }
    group.loops.run();
    CHECK(halts >= 60);
}

TEST_CASE("loop group: a thread outside halts them, too, and nothing is left when they do not run") {
    Group group(2);
    {
        const LoopHalt halt(group.loops);
    }
    std::atomic<int> turns = 0;
    Function<void()> work;
    work = [&] {
        ++turns;
        group.loops.loop(1).post([&] { work(); });
    };
    group.loops.loop(1).post([&] { work(); });
    std::jthread outside([&] {
        while (turns < 10)
            std::this_thread::yield();
        for (int i = 0; i < 20; ++i) {
            const LoopHalt halt(group.loops);
            const int before = turns;
            std::this_thread::yield();
            CHECK(turns == before);
        }
        group.first->stop();
    });
    group.loops.run();
    outside.join();
    const LoopHalt halt(group.loops);
}

TEST_CASE("loop group: what a function that goes to another loop may refer to is given back at home") {
    Lent lent;
    Group group(2);
    const auto home = std::make_shared<LoopGate>(group.loops.loop(1));
    const auto away = std::make_shared<LoopGate>(group.loops.loop(0));
    bool was_kept = false;
    home->post([&] {
        const CallFrame frame(*home, lent.lender());
        Function<void()> function = [&] { was_kept = lent.count == 1; };
        keep(*away, function);
        away->post([function = std::move(function)]() mutable {
            function();
            function = nullptr;
        });
        away->post([&] { home->post([&] { group.first->stop(); }); });
    });
    group.loops.run();
    CHECK(was_kept);
    CHECK(lent.count == 0);
    CHECK_FALSE(lent.was_touched_abroad);
}

TEST_CASE("loop group: functions that go to and fro keep what the first of them was lent, and only home counts it") {
    Lent lent;
    Group group(2);
    const std::array gates{std::make_shared<LoopGate>(group.loops.loop(0)),
                           std::make_shared<LoopGate>(group.loops.loop(1))};
    struct Traveller {
        void go(std::size_t from) {
            const std::size_t to = 1 - from;
            Function<void()> function = [this, to] { arrive(to); };
            keep(*gates[to], function);
            gates[to]->post([gate = gates[to], function = std::move(function)]() mutable {
                const CallFrame frame(*gate);
                function();
            });
        }
        void arrive(std::size_t at) {
            least = std::min(least, lent.count.load());
            most = std::max(most, lent.count.load());
            if (--trips > 0) return go(at);
            stop_when_given_back();
        }
        // What the last function keeps goes home behind it.
        void stop_when_given_back() {
            if (lent.count == 0) return group.first->stop();
            gates[1]->post([this] { stop_when_given_back(); });
        }
        Lent& lent;
        Group& group;
        const std::array<std::shared_ptr<LoopGate>, 2>& gates;
        int trips = 50;
        int least = 1;
        int most = 1;
    } traveller{lent, group, gates};
    gates[1]->post([&] {
        const CallFrame frame(*gates[1], lent.lender());
        traveller.go(1);
    });
    group.loops.run();
    CHECK(traveller.least == 1);
    CHECK(traveller.most <= 4);  // at home it is counted anew, and what the last trip kept is on its way
    CHECK(lent.count == 0);
    CHECK_FALSE(lent.was_touched_abroad);
}

TEST_CASE("loop group: a handler that was registered in a handler keeps what that was lent, on every loop") {
    Lent lent;
    Group group(2);
    const LoopGates gates{std::make_shared<LoopGate>(group.loops.loop(0)),
                          std::make_shared<LoopGate>(group.loops.loop(1))};
    std::array<Function<void()>, 2> handlers;
    std::array<Function<void()>, 2> later;
    std::atomic<int> calls = 0;
    Function<void()> stop_when_given_back = [&] {
        if (lent.count == 0) return group.first->stop();
        gates[1]->post([&] { stop_when_given_back(); });
    };
    // What each loop does with its handler: calls it, keeps what that hands over, calls that, and lets go of both.
    const auto use = [&](std::size_t i) {
        const CallFrame frame(*gates[i]);
        handlers[i]();
        later[i]();
        CHECK(lent.count >= 1);
        later[i] = nullptr;
        handlers[i] = nullptr;
        if (++calls == 2) stop_when_given_back();
    };
    gates[1]->post([&] {
        const CallFrame frame(*gates[1], lent.lender());
        Function<void()> handler = [&] {
            const std::size_t i = index_of_this_turn(gates);
            later[i] = [&] { ++lent.uses; };
            keep(*gates[i], later[i]);
        };
        give_to_every_loop(gates, std::move(handler), [&](std::size_t i, Function<void()> given) {
            handlers[i] = std::move(given);
            gates[i]->post([&use, i] { use(i); });
        });
    });
    group.loops.run();
    CHECK(lent.uses == 2);
    CHECK(lent.count == 0);
    CHECK_FALSE(lent.was_touched_abroad);
}

TEST_CASE("loop group: what is kept for one loop and called on another stands in the frame of that one") {
    static constexpr Lender::Counting counting = {.retain = [](void*) noexcept { return true; },
                                                  .release = [](void*) noexcept {}};
    Group group(1);
    EpollWorld other;
    const auto gate = std::make_shared<LoopGate>(*group.first);
    const auto other_gate = std::make_shared<LoopGate>(other.loop);
    int lent = 0;
    int calls = 0;
    Function<void()> function = [&] {
        ++calls;
        CHECK(gate->mailbox().call_frame == nullptr);
        CHECK(other_gate->mailbox().call_frame != nullptr);
    };
    group.first->run_as_turn([&] {
        const CallFrame frame(*gate, {&lent, &counting});
        keep(*gate, function);
    });
    other.loop.run_as_turn([&] { function(); });
    other.loop.run_as_turn([&] {
        const CallFrame frame(*other_gate);
        function();
    });
    CHECK(calls == 2);
    CHECK(other_gate->mailbox().call_frame == nullptr);
}

TEST_CASE("loop group: a connection moves to another loop, with what is unread and its end") {
    Group group(2);
    Loop& second = group.loops.loop(1);
    End moved;
    End client;
    std::unique_ptr<Listener> listener;
    std::unique_ptr<Pending> attempt;
    struct Mover final : StreamHandler {
        void on_data(std::span<char> bytes) override {
            said.assign(bytes.begin(), bytes.end());
            std::unique_ptr<DetachedStream> detached = stream->detach();
            REQUIRE(detached != nullptr);
            CHECK(stream->detach() == nullptr);
            stream.reset();
            target->post(
                [this, detached = std::move(detached)]() mutable { end->take(target->adopt(std::move(detached))); });
        }
        void on_end() override { FAIL("the end comes to the next loop"); }
        void on_closed(std::optional<Error>) override { FAIL("nothing comes to who has let go"); }

        std::unique_ptr<Stream> stream;
        std::string said;
        Loop* target = nullptr;
        End* end = nullptr;
    } mover;
    mover.target = &second;
    mover.end = &moved;
    listener = group.first
                   ->listen(Endpoint::loopback(0), {},
                            [&](std::unique_ptr<Stream> stream) {
                                mover.stream = std::move(stream);
                                mover.stream->set_handler(mover);
                            })
                   .value();
    attempt = group.first->connect(listener->endpoint(), {}, [&](Result<std::unique_ptr<Stream>> result) {
        client.take(std::move(result).value());
        client.send("first");
    });
    moved.events.when_data = [&] {
        if (moved.events.received == "second") moved.send("answer");
    };
    moved.events.when_end = [&] { moved.stream->close(); };
    moved.events.when_closed = [&] { moved.stream.reset(); };
    client.events.when_data = [&] {
        if (client.events.received == "answer") client.stream->close();
    };
    client.events.when_closed = [&] { group.first->stop(); };
    Function<void()> ask;
    ask = [&] {
        if (!mover.said.empty()) return client.send("second");
        group.first->post([&] { ask(); });
    };
    group.first->post([&] { ask(); });
    group.loops.run();
    CHECK(mover.said == "first");
    CHECK(moved.events.received == "second");
    CHECK(client.events.received == "answer");
    CHECK(moved.events.ends == 1);
}

TEST_CASE("loop group: a stream that has something to send stays, and one that was not begun may go") {
    EpollWorld world;
    ConnectedPair pair(world.loop);
    pair.server.stream->outbox().append("answer");
    CHECK(pair.server.stream->detach() == nullptr);
    pair.server.stream->flush_soon();
    REQUIRE(run_until(world.loop, [&] { return pair.client.events.received == "answer"; }));
    std::unique_ptr<DetachedStream> detached = pair.server.stream->detach();
    REQUIRE(detached != nullptr);
    pair.server.stream.reset();
    detached.reset();
    REQUIRE(run_until(world.loop, [&] { return pair.client.events.ends == 1; }));
    CHECK(pair.server.events.closes == 0);
}

TEST_CASE("loop group: the loops that share a port all take connections") {
    Group group(2);
    std::array<std::atomic<int>, 2> taken{};
    const auto listener =
        group.first->listen(Endpoint::loopback(0), {}, [&](std::unique_ptr<Stream>) { ++taken[0]; }).value();
    const auto shared = listener->share(group.loops.loop(1), [&](std::unique_ptr<Stream>) { ++taken[1]; }).value();
    CHECK(shared->port() == listener->port());
    EpollWorld clients;
    std::vector<std::unique_ptr<Pending>> attempts;
    std::vector<std::unique_ptr<Stream>> streams;
    // The first loop sleeps in a handler until the second has taken all that come.
    group.first->post([&] {
        for (int i = 0; i < 20; ++i) {
            attempts.push_back(
                clients.loop.connect(listener->endpoint(), {}, [&](Result<std::unique_ptr<Stream>> result) {
                    if (result) streams.push_back(std::move(*result));
                }));
        }
        CHECK(run_until(clients.loop, [&] { return streams.size() == 20 && taken[1] == 20; }));
        group.first->stop();
    });
    group.loops.run();
    CHECK(taken[0] == 0);
}

}  // namespace parley::net::test
