// SPDX-License-Identifier: MIT
#include "parley/net/stream.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "parley/net/backend/readiness_stream.hpp"
#include "parley/net/backend/test_worlds.hpp"

namespace parley::net::test {

using namespace std::chrono_literals;

TEST_CASE_TEMPLATE("stream: bytes arrive whole and in order, both ways at once", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    const std::string up = pattern(3'000'000);
    const std::string down = "x" + pattern(2'000'000);
    pair.client.send(up);
    pair.server.send(down);
    REQUIRE(run_until(world.loop, [&] {
        return pair.server.events.received.size() >= up.size() && pair.client.events.received.size() >= down.size();
    }));
    CHECK(pair.server.events.received == up);
    CHECK(pair.client.events.received == down);
    CHECK(pair.client.stream->outbox().empty());
}

TEST_CASE_TEMPLATE("stream: many small appends, shared and large ones keep their order", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    std::string expected;
    const SharedBuffer shared(pattern(10'000));
    const SharedBuffer small("shared");
    for (int i = 0; i < 1500; ++i) {
        const std::string text = std::to_string(i) + ",";
        pair.client.send(text);
        expected += text;
        if (i % 3 == 0) {
            pair.client.stream->outbox().append(small);
            expected += small.view();
        }
        if (i % 100 == 0) {
            pair.client.stream->outbox().append(shared);
            expected += shared.view();
        }
    }
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.received.size() >= expected.size(); }));
    CHECK(pair.server.events.received == expected);
}

TEST_CASE_TEMPLATE("stream: both ends know both addresses", World, EpollWorld, SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    CHECK(pair.client.stream->peer() == pair.listener->endpoint());
    CHECK(pair.server.stream->local() == pair.listener->endpoint());
    CHECK(pair.server.stream->peer() == pair.client.stream->local());
    CHECK(pair.server.stream->peer().address() == "127.0.0.1");
}

TEST_CASE_TEMPLATE("stream: a receive window gets the bytes, the loop's buffer the rest", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    Recorder& server = pair.server.events;
    std::vector<char> message(100'000);
    std::size_t filled = 0;
    const auto next_window = [&] { return std::span(message).subspan(filled); };
    server.window = next_window();
    server.when_data = [&] {
        if (server.window.empty()) return;
        CHECK(server.last_data.data() == server.window.data());
        filled += server.last_data.size();
        server.window = next_window();
    };
    const std::string octets = pattern(150'000);
    pair.client.send(octets);
    REQUIRE(run_until(world.loop, [&] { return server.received.size() == octets.size(); }));
    CHECK(filled == message.size());
    CHECK(std::string_view(message.data(), message.size()) == std::string_view(octets).substr(0, message.size()));
    CHECK(server.received == octets);
    // 64 octets behind the data in the loop's buffer may be read.
    int sum = 0;
    for (std::size_t i = 0; i < 64; ++i)
        sum += *(server.last_data.data() + server.last_data.size() + i) != 0;
    CHECK(sum <= 64);
}

TEST_CASE("stream: one of many that are ready brings less in a turn than one alone") {
    EpollWorld world;
    const std::string octets = pattern(48'000);
    const auto most_of_a_turn = [&](std::size_t count) {
        std::vector<std::unique_ptr<ConnectedPair>> pairs;
        std::size_t most = 0;
        for (std::size_t i = 0; i < count; ++i) {
            ConnectedPair& pair = *pairs.emplace_back(std::make_unique<ConnectedPair>(world.loop));
            pair.server.stream->pause_reading();
            pair.server.events.when_data = [&] { most = std::max(most, pair.server.events.last_data.size()); };
            pair.client.send(octets);
        }
        REQUIRE(run_until(world.loop, [&] {
            return std::ranges::all_of(pairs, [](const auto& pair) { return pair->client.stream->outbox().empty(); });
        }));
        world.loop.post([&] {
            for (const auto& pair : pairs)
                pair->server.stream->resume_reading();
        });
        REQUIRE(run_until(world.loop, [&] {
            return std::ranges::all_of(pairs, [&](const auto& pair) { return pair->server.events.received == octets; });
        }));
        return most;
    };
    CHECK(most_of_a_turn(1) > detail::StreamWorkspace::share_bytes_min);
    CHECK(most_of_a_turn(200) == detail::StreamWorkspace::share_bytes_min);
}

TEST_CASE_TEMPLATE("stream: nothing is sent before the turn ends, unless much is waiting", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    bool checked = false;
    world.loop.post([&] {
        pair.client.send(std::string(Stream::send_at_once_bytes, 'a'));
        CHECK(pair.client.stream->outbox().size() == Stream::send_at_once_bytes);
        pair.client.send("b");
        CHECK(pair.client.stream->outbox().size() <= Stream::send_at_once_bytes);
        CHECK(pair.client.events.drains == 0);
        checked = true;
    });
    REQUIRE(
        run_until(world.loop, [&] { return pair.server.events.received.size() == Stream::send_at_once_bytes + 1; }));
    CHECK(checked);
    CHECK(run_until(world.loop, [&] { return pair.client.events.drains == 1; }));
}

TEST_CASE_TEMPLATE("stream: on_drained feeds a large transfer piece by piece", World, EpollWorld, SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    constexpr int pieces = 60;
    const std::string piece = pattern(100'000);
    int sent = 1;
    std::size_t largest = 0;
    pair.server.events.when_drained = [&] {
        CHECK(pair.server.stream->outbox().empty());
        if (sent++ < pieces) pair.server.send(piece);
        largest = std::max(largest, pair.server.stream->outbox().size());
    };
    pair.server.send(piece);
    REQUIRE(run_until(world.loop, [&] { return pair.client.events.received.size() == pieces * piece.size(); }));
    CHECK(largest <= piece.size());
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.drains == pieces; }));
    CHECK(count_turns(world.loop, 30ms) <= 4);
}

TEST_CASE("stream: each turn it sends a share, and the rest in the turns that follow") {
    constexpr std::size_t share = 1024 * 1024;
    SimulatedNetwork network(1, {.cut = false, .delay = false, .window_bytes = 64 * share});
    Loop& loop = network.loop();
    ConnectedPair pair(loop);
    Outbox& outbox = pair.client.stream->outbox();
    const SharedBuffer piece(pattern(4096));
    for (std::size_t octets = 0; octets < 8 * share; octets += piece.size())
        outbox.append(piece);
    pair.client.stream->flush_soon();  // so much is sent at once
    CHECK(outbox.passed() <= share);
    REQUIRE_FALSE(outbox.empty());
    while (!outbox.empty()) {
        const std::uint64_t before = outbox.passed();
        loop.run_turn(loop.now());
        REQUIRE(outbox.passed() > before);
        CHECK(outbox.passed() - before <= share);
    }
    CHECK(run_until(loop, [&] { return pair.server.events.received.size() == 8 * share; }));
}

TEST_CASE("stream: what is said because everything has left waits for the next turn, so that nobody holds it up") {
    SimulatedNetwork network(1, {.cut = false, .delay = false});
    Loop& loop = network.loop();
    ConnectedPair pair(loop);
    int drains = 0;
    pair.client.events.when_drained = [&] {
        if (++drains < 1000) pair.client.send("more");
    };
    pair.client.send("first");
    for (int turn = 0; turn < 20; ++turn) {
        const int before = drains;
        loop.run_turn(loop.now());
        CHECK(drains - before <= 1);
    }
    CHECK(drains > 1);
}

TEST_CASE_TEMPLATE("stream: a paused one delivers nothing, holds the sender up, and goes on where it stopped", World,
                   EpollWorld, SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    Recorder& server = pair.server.events;
    server.when_data = [&] { pair.server.stream->pause_reading(); };
    pair.client.send("first");
    REQUIRE(run_until(world.loop, [&] { return !server.received.empty(); }));
    const std::string before = server.received;
    const std::string octets = pattern(8'000'000);  // more than the system's buffers take
    pair.client.send(octets);
    CHECK(count_turns(world.loop, 100ms) <= 60);
    CHECK(server.received == before);
    CHECK(pair.client.stream->outbox().size() > 0);
    CHECK(world.loop.now() - pair.client.stream->last_progress() > 20ms);

    server.when_data = nullptr;
    pair.server.stream->resume_reading();
    REQUIRE(run_until(world.loop, [&] { return server.received.size() == 5 + octets.size(); }));
    CHECK(server.received == "first" + octets);
    const TimePoint now = world.loop.now();
    CHECK(pair.client.stream->last_progress() >= now);
}

TEST_CASE_TEMPLATE("stream: one that is held up and has nothing to say any more costs no turns", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    pair.server.stream->pause_reading();
    pair.client.send(pattern(8'000'000));
    count_turns(world.loop, 100ms);
    REQUIRE_FALSE(pair.client.stream->outbox().empty());
    const std::uint64_t on_its_way = pair.client.stream->outbox().passed();
    pair.client.stream->outbox().clear();
    pair.server.stream->resume_reading();
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.received.size() == on_its_way; }));
    count_turns(world.loop, 20ms);
    CHECK(count_turns(world.loop, 50ms) <= 4);
    pair.server.events.received.clear();
    pair.client.send("and on");
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.received == "and on"; }));
}

TEST_CASE_TEMPLATE("stream: pausing and resuming in one turn changes nothing", World, EpollWorld, SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    pair.server.events.when_data = [&] {
        pair.server.stream->pause_reading();
        world.loop.post([&] { pair.server.stream->resume_reading(); });
    };
    const std::string octets = pattern(100'000);
    pair.client.send(octets);
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.received.size() == octets.size(); }));
    CHECK(pair.server.events.received == octets);
}

TEST_CASE_TEMPLATE("stream: close sends what waits, then both ends end without an error", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    const std::string octets = pattern(4'000'000);
    pair.client.events.when_end = [&] { pair.client.stream->close(); };
    pair.server.stream->outbox().append(octets);
    pair.server.stream->close();
    CHECK(pair.server.events.closes == 0);
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.closes > 0 && pair.client.events.closes > 0; }));
    CHECK(pair.client.events.received == octets);
    CHECK(pair.client.events.ends == 1);
    CHECK(pair.server.events.ends == 0);
    CHECK_FALSE(pair.server.events.error.has_value());
    CHECK_FALSE(pair.client.events.error.has_value());
    CHECK(pair.server.events.closes == 1);
    CHECK(pair.client.events.closes == 1);
}

TEST_CASE_TEMPLATE("stream: after close nothing more is told, and every call is harmless", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    pair.client.send("late");
    pair.server.stream->close();
    pair.server.stream->close();
    pair.client.events.when_end = [&] { pair.client.stream->close(); };
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.closes == 1; }));
    CHECK(pair.server.events.received.empty());
    for (int i = 0; i < 2; ++i) {
        pair.server.send(pattern(100'000));
        pair.server.stream->pause_reading();
        pair.server.stream->resume_reading();
        pair.server.stream->close();
        pair.server.stream->flush();
        world.loop.run_turn(world.loop.now());
    }
    CHECK(pair.server.events.closes == 1);
    CHECK(pair.server.events.drains == 0);
}

TEST_CASE_TEMPLATE("stream: what is appended while it waits for the peer's end costs no turns and is not sent", World,
                   EpollWorld, SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    pair.server.stream->close();
    REQUIRE(run_until(world.loop, [&] { return pair.client.events.ends == 1; }));
    pair.server.send("too late");
    CHECK(count_turns(world.loop, 50ms) <= 4);
    pair.client.stream->close();
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.closes == 1; }));
    CHECK_FALSE(pair.server.events.error.has_value());
    CHECK(pair.client.events.received.empty());
}

TEST_CASE_TEMPLATE("stream: the peer's end leaves the other direction open", World, EpollWorld, SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    pair.client.stream->close();  // sends FIN and lingers
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.ends == 1; }));
    CHECK(count_turns(world.loop, 50ms) <= 4);
    pair.server.send("still here");
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.drains == 1; }));
    pair.server.stream->close();
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.closes == 1; }));
    CHECK_FALSE(pair.server.events.error.has_value());
    CHECK(pair.server.events.ends == 1);
}

TEST_CASE_TEMPLATE("stream: destroying one ends the connection for the other side", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    pair.client.send("unread");
    REQUIRE(run_until(world.loop, [&] { return pair.client.events.drains == 1; }));
    pair.server.stream.reset();
    REQUIRE(run_until(world.loop, [&] { return pair.client.events.ends + pair.client.events.closes > 0; }));
    CHECK(pair.server.events.closes == 0);
}

TEST_CASE_TEMPLATE("stream: it may be destroyed in each of its callbacks", World, EpollWorld, SimulatedTestWorld) {
    for (const std::string_view when : {"data", "end", "drained", "closed", "error"}) {
        CAPTURE(when);
        World world;
        ConnectedPair pair(world.loop);
        Recorder& server = pair.server.events;
        const auto destroy = [&] { pair.server.stream.reset(); };
        if (when == "data") server.when_data = destroy;
        if (when == "end") server.when_end = destroy;
        if (when == "drained") server.when_drained = destroy;
        if (when == "closed" || when == "error") server.when_closed = destroy;

        if (when == "data" || when == "error") pair.client.send("bytes");
        if (when == "end") pair.client.stream->close();
        if (when == "drained") pair.server.send("bytes");
        if (when == "closed") {
            pair.client.events.when_end = [&] { pair.client.stream->close(); };
            pair.server.stream->close();
        }
        if (when == "error") {
            server.when_data = [&] {
                pair.server.send(pattern(200'000));
                server.when_data = nullptr;
                pair.client.stream.reset();
            };
        }
        REQUIRE(run_until(world.loop, [&] { return pair.server.stream == nullptr; }));
        CHECK(server.error.has_value() == (when == "error"));
        CHECK(count_turns(world.loop, 20ms) <= 20);
    }
}

TEST_CASE_TEMPLATE("stream: one may destroy others that are ready in the same turn", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    std::vector<std::unique_ptr<ConnectedPair>> pairs;
    for (int i = 0; i < 8; ++i)
        pairs.push_back(std::make_unique<ConnectedPair>(world.loop));
    int told = 0;
    for (const auto& pair : pairs) {
        pair->server.events.when_data = [&] {
            ++told;
            for (const auto& other : pairs)
                other->server.stream.reset();
        };
    }
    for (const auto& pair : pairs)
        pair->client.send("all at once");
    REQUIRE(run_until(world.loop, [&] { return told > 0; }));
    CHECK(count_turns(world.loop, 20ms) <= 60);
    CHECK(told == 1);
}

TEST_CASE_TEMPLATE("stream: a handler can be exchanged while bytes come", World, EpollWorld, SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    Recorder second;
    pair.server.events.when_data = [&] { pair.server.stream->set_handler(second); };
    const std::string octets = pattern(1'000'000);
    pair.client.send(octets);
    REQUIRE(run_until(world.loop,
                      [&] { return pair.server.events.received.size() + second.received.size() == octets.size(); }));
    CHECK(pair.server.events.received + second.received == octets);
    CHECK_FALSE(second.received.empty());
}

TEST_CASE("stream: close waits two seconds for a peer that does not end") {
    SimulatedTestWorld world;
    ConnectedPair pair(world.loop);
    const TimePoint began = world.loop.now();
    pair.server.stream->close();
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.closes == 1; }));
    CHECK_FALSE(pair.server.events.error.has_value());
    CHECK(world.loop.now() - began >= 2s);
    CHECK(world.loop.now() - began <= 2s + timer_slack + 20ms);
}

TEST_CASE("stream: close gives up on a peer that takes nothing for ten seconds, not on one that is slow") {
    SimulatedTestWorld world;
    ConnectedPair pair(world.loop);
    pair.client.stream->pause_reading();
    pair.server.stream->outbox().append(pattern(1'000'000));
    pair.server.stream->close();
    for (int i = 0; i < 5; ++i) {
        world.network.run_for(8s);
        pair.client.stream->resume_reading();
        world.network.run_for(3ms);
        pair.client.stream->pause_reading();
        CHECK(pair.server.events.closes == 0);
    }
    world.network.run_for(10s + timer_slack);
    CHECK(pair.server.events.closes == 1);
    REQUIRE(pair.server.events.error.has_value());
    CHECK(pair.server.events.error->code == ErrorCode::timed_out);
}

// What was left to send is taken at about `bytes_per_second`, and looked at each second.
std::optional<Error> error_of_close_at(std::size_t bytes_per_second, Duration length, const ClosingLimits& limits) {
    SimulatedTestWorld world;
    ConnectedPair pair(world.loop);
    pair.server.events.closing = limits;
    pair.client.stream->pause_reading();
    const std::string left = pattern(1'000'000);
    pair.server.stream->outbox().append(left);
    pair.server.stream->close();
    world.network.run_for(1ms);
    std::vector<char> window(bytes_per_second);
    pair.client.events.window = window;
    pair.client.events.when_data = [&] { pair.client.stream->pause_reading(); };
    for (Duration passed{}; passed < length && pair.server.events.closes == 0; passed += 1s) {
        pair.client.stream->resume_reading();
        world.network.run_for(1s);
    }
    return pair.server.events.error;
}

TEST_CASE(
    "stream: close gives up on a peer that takes less on average than its options say, not on one that does not") {
    const ClosingLimits limits{.stall_timeout = 3s, .bytes_per_second_min = 5'000};
    const std::optional<Error> slow = error_of_close_at(4'500, 100s, limits);
    REQUIRE(slow);
    CHECK(slow->code == ErrorCode::timed_out);
    CHECK_FALSE(error_of_close_at(5'500, 100s, limits));
    CHECK_FALSE(error_of_close_at(4'500, 100s, {.stall_timeout = 3s, .bytes_per_second_min = 4'000}));
}

TEST_CASE("stream: the times of a close are what its handler's options say") {
    SimulatedTestWorld world;
    for (const Duration timeout : {50ms, 7'000ms}) {
        ConnectedPair pair(world.loop);
        pair.server.events.closing = {.stall_timeout = 1ms, .linger_timeout = Milliseconds(timeout / 1ms)};
        pair.server.stream->close();
        world.network.run_for(timeout);
        CHECK(pair.server.events.closes == 0);
        world.network.run_for(timer_slack + 20ms);
        CHECK(pair.server.events.closes == 1);

        ConnectedPair stalled(world.loop);
        stalled.server.events.closing = {.stall_timeout = Milliseconds(timeout / 1ms), .linger_timeout = 1ms};
        stalled.client.stream->pause_reading();
        stalled.server.stream->outbox().append(pattern(1'000'000));
        stalled.server.stream->close();
        world.network.run_for(timeout);
        CHECK(stalled.server.events.closes == 0);
        world.network.run_for(timer_slack + 20ms);
        CHECK(stalled.server.events.closes == 1);
    }
}

TEST_CASE("stream: what is taken of a peer whose end is awaited is what its handler's options say") {
    SimulatedTestWorld world;
    ConnectedPair pair(world.loop);
    pair.server.events.closing = {.read_bytes_max = 1'000, .read_interval = 500ms};
    pair.server.stream->await_end();
    pair.client.send(pattern(3'500));
    for (const std::size_t received : {1'000, 2'000, 3'000, 3'500}) {
        world.network.run_for(250ms);
        CHECK(pair.server.events.received.size() == received);
        world.network.run_for(250ms);
    }
}

constexpr std::size_t share = ClosingLimits().read_bytes_max;

TEST_CASE_TEMPLATE(
    "stream: where only the end is awaited a share is taken in each interval, and costs no turns between", World,
    EpollWorld, SimulatedTestWorld) {
    World world;
    ConnectedPair pair(world.loop);
    pair.server.stream->await_end();
    const std::string octets = pattern(4 * share + 1);
    const TimePoint began = world.loop.now();
    pair.client.send(octets);
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.received.size() == share; }));
    const int turns = count_turns(world.loop, 40ms);
    CHECK(turns <= 80);  // of the client, whose octets the system takes piece by piece
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.received.size() == octets.size(); }));
    CHECK(world.loop.now() - began >= 4 * ClosingLimits().read_interval);
    CHECK(pair.server.events.received == octets);
}

// Ends the client's side once the server has had its share; how long it took until the server knew.
template <typename World, typename EndIt>
Duration time_to_hear_of_the_end(EndIt end_it) {
    World world;
    ConnectedPair pair(world.loop);
    pair.client.stream->pause_reading();
    pair.server.send("unread");
    pair.server.stream->await_end();
    pair.client.send(pattern(share + 10'000));
    CHECK(run_until(world.loop, [&] { return pair.server.events.received.size() == share; }));
    const TimePoint began = world.loop.now();
    end_it(pair.client.stream);
    CHECK(run_until(world.loop, [&] { return pair.server.events.ends + pair.server.events.closes == 1; }));
    return world.loop.now() - began;
}

TEST_CASE_TEMPLATE("stream: who has had its share is heard of at once when it ends, or breaks the connection", World,
                   EpollWorld, SimulatedTestWorld) {
    for (const bool resets : {false, true}) {
        Duration shortest = Duration::max();
        // The real machine may be busy, but not each time.
        for (int i = 0; i < 20 && shortest > 50ms; ++i)
            shortest = std::min(shortest, time_to_hear_of_the_end<World>([&](std::unique_ptr<Stream>& stream) {
                                    resets ? stream.reset() : stream->close();
                                }));
        CHECK(shortest <= 50ms);
    }
}

TEST_CASE("stream: while it closes, a share of a flood is taken in each interval") {
    for (const bool reads : {true, false}) {
        SimulatedTestWorld world;
        ConnectedPair pair(world.loop);
        if (!reads) pair.client.stream->pause_reading();
        pair.server.stream->outbox().append(pattern(100'000));
        pair.server.stream->close();
        pair.client.send(pattern(20 * share));
        const std::uint64_t before = pair.client.stream->outbox().passed();
        world.network.run_for(1s);
        const std::uint64_t taken = pair.client.stream->outbox().passed() - before;
        CHECK(taken >= 8 * share);
        CHECK(taken <= 11 * share + 65'536);
        CHECK(pair.server.events.closes == 0);
    }
}

}  // namespace parley::net::test
