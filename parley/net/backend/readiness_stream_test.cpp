// SPDX-License-Identifier: MIT
#include "parley/net/backend/readiness_stream.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <deque>

#include "parley/net/backend/test_worlds.hpp"

namespace parley::net::test {
namespace {

using namespace std::chrono_literals;
using detail::StreamWorkspace;
using detail::Transfer;

/// The rules over a system that answers what the test wants; without a word from it there is nothing and no room.
class ScriptedStream final : public detail::ReadinessStream {
 public:
    using ReadinessStream::handle_ready;
    using ReadinessStream::Readiness;

    explicit ScriptedStream(Loop& loop) : ReadinessStream(loop) {}

    [[nodiscard]] Endpoint peer() const override { return Endpoint::loopback(1); }
    [[nodiscard]] Endpoint local() const override { return Endpoint::loopback(2); }

    std::deque<Transfer> receives;
    std::deque<Transfer> sends;
    bool has_memory = true;
    bool watches_writable = false;
    int releases = 0;

 private:
    static Transfer next_of(std::deque<Transfer>& script) {
        if (script.empty()) return Transfer::would_block();
        const Transfer next = script.front();
        script.pop_front();
        return next;
    }

    StreamWorkspace& workspace() override { return workspace_; }
    Transfer receive_some(std::span<char>) override { return next_of(receives); }
    Transfer send_some(std::span<const std::string_view>) override { return next_of(sends); }
    void send_end() override {}
    int take_error() override { return ETIMEDOUT; }
    bool watch(Interest interest) override {
        watches_writable = interest.writable;
        return has_memory;
    }
    std::unique_ptr<DetachedStream> give_away() override { return nullptr; }
    void release() override { ++releases; }

    StreamWorkspace workspace_;
};

struct ScriptedWorld {
    ScriptedWorld() {
        stream.set_handler(events);
        network.run_until_idle();
    }

    void tell(ScriptedStream::Readiness ready) {
        stream.handle_ready(ready);
        network.run_until_idle();
    }

    SimulatedNetwork network{1};
    Recorder events;
    ScriptedStream stream{network.loop()};
};

TEST_CASE("readiness stream: one that is woken for nothing has made no progress") {
    ScriptedWorld world;
    world.stream.sends = {Transfer::sent(2, 10)};
    world.stream.outbox().append("ten octets");
    world.stream.flush_soon();
    world.network.run_until_idle();
    const TimePoint taken = world.network.now();
    CHECK(world.stream.watches_writable);
    for (int i = 0; i < 3; ++i) {
        world.network.run_for(1s);
        world.tell({.writable = true});
        CHECK(world.stream.last_progress() == taken);
    }
    world.stream.sends = {Transfer::sent(3, 8)};
    world.tell({.writable = true});
    CHECK(world.stream.last_progress() == taken + 3s);
    world.stream.sends = {Transfer::sent(5, 5)};
    world.tell({.writable = true});
    CHECK_FALSE(world.stream.watches_writable);
    CHECK(world.events.drains == 1);
    world.network.run_for(1s);
    CHECK(world.stream.last_progress() == world.network.now());
}

TEST_CASE("readiness stream: one that takes nothing from the beginning counts from then") {
    ScriptedWorld world;
    world.network.run_for(5s);
    const TimePoint began = world.network.now();
    world.stream.outbox().append("octets");
    world.stream.flush_soon();
    world.network.run_for(2s);
    CHECK(world.stream.last_progress() == began);
}

TEST_CASE("readiness stream: one that is broken ends, also when there is nothing to receive any more") {
    ScriptedWorld world;
    world.tell({.readable = true});
    CHECK(world.events.closes == 0);
    world.tell({.broken = true});
    REQUIRE(world.events.closes == 1);
    REQUIRE(world.events.error);
    CHECK(world.events.error->code == ErrorCode::timed_out);
    CHECK(world.stream.releases == 1);
    world.tell({.readable = true, .writable = true, .broken = true});
    CHECK(world.events.closes == 1);
}

TEST_CASE("readiness stream: a broken one delivers what came before, piece by piece") {
    ScriptedWorld world;
    world.stream.receives = {Transfer::done(3), Transfer::done(2)};
    world.tell({.readable = true, .broken = true});
    world.tell({.readable = true, .broken = true});
    CHECK(world.events.received.size() == 5);
    CHECK(world.events.closes == 0);
    world.tell({.readable = true, .broken = true});
    CHECK(world.events.closes == 1);
}

TEST_CASE("readiness stream: a broken one that is paused ends at once") {
    ScriptedWorld world;
    world.stream.pause_reading();
    world.stream.receives = {Transfer::done(3)};
    world.tell({.readable = true, .broken = true});
    CHECK(world.events.received.empty());
    CHECK(world.events.closes == 1);
}

TEST_CASE("readiness stream: a send that fails is told in the flush, once") {
    ScriptedWorld world;
    world.stream.sends = {Transfer::failed(ECONNRESET)};
    world.stream.outbox().append(pattern(Stream::send_at_once_bytes + 1));
    world.stream.flush_soon();
    CHECK(world.events.closes == 0);
    world.stream.flush();
    world.network.run_until_idle();
    CHECK(world.events.closes == 1);
    CHECK(world.stream.outbox().empty());
}

TEST_CASE("readiness stream: one that the system has no memory to watch ends with an error") {
    ScriptedWorld world;
    world.stream.has_memory = false;
    world.stream.pause_reading();
    world.network.run_until_idle();
    CHECK(world.events.closes == 1);
    CHECK(world.events.error);
}

}  // namespace
}  // namespace parley::net::test
