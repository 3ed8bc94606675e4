// SPDX-License-Identifier: MIT
#include "parley/net/backend/simulated/simulated_network.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <vector>

#include "parley/net/backend/test_worlds.hpp"

namespace parley::net::test {
namespace {

using namespace std::chrono_literals;

/// Answers every piece with itself, and ends when the peer does.
class EchoServer {
 public:
    explicit EchoServer(Loop& loop) {
        listener_ = loop.listen(Endpoint::any(0), {},
                                [this](std::unique_ptr<Stream> stream) {
                                    auto end = std::make_unique<End>();
                                    End& connection = *end;
                                    connection.events.when_data = [this, &connection] {
                                        ++pieces;
                                        connection.send(
                                            {connection.events.last_data.data(), connection.events.last_data.size()});
                                    };
                                    connection.events.when_end = [&connection] { connection.stream->close(); };
                                    connection.take(std::move(stream));
                                    connections.push_back(std::move(end));
                                })
                        .value();
    }
    [[nodiscard]] std::uint16_t port() const { return listener_->port(); }

    std::vector<std::unique_ptr<End>> connections;
    int pieces = 0;

 private:
    std::unique_ptr<Listener> listener_;
};

std::uint64_t run_scenario(std::uint64_t seed) {
    SimulatedNetwork network(seed);
    EchoServer server(network.loop());
    for (int i = 0; i < 5; ++i) {
        SimulatedPeer& peer = network.connect(server.port());
        peer.send(pattern(10'000));
        network.run_for(std::chrono::milliseconds(i));
        if (i % 2 == 0) peer.close();
        if (i == 3) peer.reset();
    }
    network.run_until_idle();
    return network.trace_hash();
}

}  // namespace

TEST_CASE("simulated network: the same seed replays exactly, another does not") {
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        CHECK(run_scenario(seed) == run_scenario(seed));
    CHECK(run_scenario(1) != run_scenario(2));
}

TEST_CASE("simulated network: a peer is echoed whatever the seed does to the bytes") {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        CAPTURE(seed);
        SimulatedNetwork network(seed);
        EchoServer server(network.loop());
        SimulatedPeer& peer = network.connect(server.port());
        const std::string octets = pattern(200'000);
        peer.send(octets);
        peer.end();
        network.run_until_idle();
        CHECK(peer.received() == octets);
        CHECK(peer.is_ended());
        CHECK_FALSE(peer.is_reset());
        CHECK(server.pieces > 1);
        CHECK(server.connections[0]->events.closes == 1);
        CHECK_FALSE(server.connections[0]->events.error.has_value());
    }
}

TEST_CASE("simulated network: without cuts and delays each send arrives whole and at once") {
    SimulatedNetwork network(1, {.cut = false, .delay = false});
    EchoServer server(network.loop());
    const TimePoint began = network.now();
    SimulatedPeer& peer = network.connect(server.port());
    peer.send("one");
    network.run_until_idle();
    peer.send("two");
    network.run_until_idle();
    CHECK(server.pieces == 2);
    CHECK(peer.received() == "onetwo");
    CHECK(network.now() == began);
}

TEST_CASE("simulated network: running for a while passes exactly that time, and timers expire in it") {
    SimulatedNetwork network(1);
    int expired = 0;
    Timer timer(network.loop(), [&] {
        ++expired;
        timer.start(25s);
    });
    timer.start(25s);
    const TimePoint began = network.now();
    network.run_until_idle();
    CHECK(expired == 0);
    network.run_for(25s + timer_slack);
    CHECK(expired == 1);
    network.run_for(1h);
    CHECK(expired == 144);
    CHECK(network.now() - began == 25s + timer_slack + 1h);
    CHECK(network.loop().wall_time() > std::chrono::sys_days(std::chrono::January / 1 / 2026));
}

TEST_CASE("simulated network: nobody listens, the peer is reset") {
    SimulatedNetwork network(1);
    SimulatedPeer& peer = network.connect(1234);
    peer.send("hello?");
    network.run_until_idle();
    CHECK(peer.is_reset());
    CHECK(peer.is_closed());
}

TEST_CASE("simulated network: a peer that stops reading holds the stream up, and resuming lets it go on") {
    SimulatedNetwork network(3, {.window_bytes = 10'000});
    EchoServer server(network.loop());
    SimulatedPeer& peer = network.connect(server.port());
    network.run_until_idle();
    peer.stop_reading();
    const std::string octets = pattern(50'000);
    End& connection = *server.connections.at(0);
    connection.send(octets);
    network.run_for(20s);
    CHECK(peer.received().empty());
    CHECK(connection.stream->outbox().size() == octets.size() - 10'000);
    CHECK(network.now() - connection.stream->last_progress() > 19s);
    peer.resume_reading();
    network.run_until_idle();
    CHECK(peer.received() == octets);
    CHECK(connection.stream->last_progress() == network.now());
}

TEST_CASE("simulated network: a peer's reset, and bytes for a peer that closed, are told as errors") {
    SimulatedNetwork network(4);
    EchoServer server(network.loop());
    SimulatedPeer& first = network.connect(server.port());
    SimulatedPeer& second = network.connect(server.port());
    network.run_until_idle();
    server.connections[0]->events.when_end = nullptr;
    server.connections[1]->events.when_end = nullptr;
    first.reset();
    second.close();
    network.run_until_idle();
    const auto is_first = [&](const auto& end) { return end->stream->peer() == first.endpoint(); };
    End& reset = is_first(server.connections[0]) ? *server.connections[0] : *server.connections[1];
    End& closed = is_first(server.connections[0]) ? *server.connections[1] : *server.connections[0];
    CHECK(reset.events.closes == 1);
    REQUIRE(reset.events.error.has_value());
    CHECK(reset.events.error->code == ErrorCode::disconnected);
    CHECK(closed.events.ends == 1);
    CHECK(closed.events.closes == 0);
    closed.send("anybody there?");
    network.run_until_idle();
    CHECK(closed.events.closes == 1);
    CHECK(closed.events.error.has_value());
}

TEST_CASE("simulated network: a stream destroyed with bytes unread resets its peer") {
    SimulatedNetwork network(4, {.cut = false});
    EchoServer server(network.loop());
    SimulatedPeer& peer = network.connect(server.port());
    network.run_until_idle();
    server.connections[0]->stream->pause_reading();
    peer.send("never read");
    network.run_until_idle();
    server.connections[0]->stream.reset();
    network.run_until_idle();
    CHECK(peer.is_reset());
}

TEST_CASE("simulated network: several loops live in one world and post to each other") {
    SimulatedNetwork network(9);
    Loop& first = network.loop();
    Loop& second = network.add_loop();
    EchoServer server(second);
    std::string order;
    first.post([&] {
        order += "first ";
        CHECK(first.is_current());
        second.post([&] {
            order += "second ";
            CHECK(second.is_current());
            CHECK_FALSE(first.is_current());
            first.post([&] { order += "first again"; });
        });
    });
    SimulatedPeer& peer = network.connect(server.port());
    peer.send("hello");
    network.run_until_idle();
    CHECK(order == "first second first again");
    CHECK(peer.received() == "hello");
    // A loop's own run() drives the others, too, and ends when nothing can happen any more.
    peer.send(" again");
    first.run();
    CHECK(peer.received() == "hello again");
}

TEST_CASE("simulated network: names resolve to what was told, signals arrive at every loop") {
    SimulatedNetwork network(9);
    network.add_host("chat.example", {Endpoint::loopback(0), Endpoint::any(0)});
    std::vector<Endpoint> found;
    const auto lookup =
        network.loop().resolve("chat.example", 3000, [&](auto result) { found = std::move(result).value(); });
    int signal = 0;
    const auto watch = network.add_loop().on_signals({SIGTERM}, [&](int number) { signal = number; }).value();
    network.raise(SIGINT);
    network.run_until_idle();
    CHECK(found == std::vector{Endpoint::loopback(3000), Endpoint::any(3000)});
    CHECK(signal == 0);
    network.raise(SIGTERM);
    network.run_until_idle();
    CHECK(signal == SIGTERM);
}

namespace {

/// Everything that can happen, often.
constexpr SimulatedNetworkOptions rough{.delay_max = 50ms,
                                        .window_bytes = 2'000,
                                        .wake_delay_max = 20ms,
                                        .pause_max = 30ms,
                                        .tick = 8ms,
                                        .shuffle = true,
                                        .resets = 200,
                                        .refusals = 10,
                                        .accept_failures = 5,
                                        .watch_failures = 10,
                                        .descriptors_max = 4};

}  // namespace

TEST_CASE("simulated network: a turn that takes time has what arrived and a timer in it, in one turn or in two") {
    int together = 0;
    int apart = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        SimulatedNetwork network(seed, {.delay_max = 20ms, .wake_delay_max = 20ms});
        std::uint64_t turn_of_data = 0;
        std::uint64_t turn_of_timer = 0;
        EchoServer server(network.loop());
        SimulatedPeer& peer = network.connect(server.port());
        network.run_until_idle();
        server.connections[0]->events.when_data = [&] { turn_of_data = network.loop().turn(); };
        Timer timer(network.loop(), [&] { turn_of_timer = network.loop().turn(); });
        timer.start(10ms);
        peer.send("x");
        network.run_for(1s);
        REQUIRE(turn_of_data > 0);
        REQUIRE(turn_of_timer > 0);
        ++(turn_of_data == turn_of_timer ? together : apart);
    }
    CHECK(together > 10);
    CHECK(apart > 10);
}

TEST_CASE("simulated network: what arrives and what is due while a handler takes its time meet in the next turn") {
    SimulatedNetwork network(1, {.cut = false, .delay = false});
    EchoServer server(network.loop());
    SimulatedPeer& peer = network.connect(server.port());
    network.run_until_idle();
    std::uint64_t turn_of_data = 0;
    std::uint64_t turn_of_timer = 0;
    server.connections[0]->events.when_data = [&] { turn_of_data = network.loop().turn(); };
    Timer timer(network.loop(), [&] { turn_of_timer = network.loop().turn(); });
    timer.start(1s);
    network.plan(500ms, [&] { peer.send("x"); });
    std::uint64_t turn_of_work = 0;
    const TimePoint began = network.now();
    network.loop().post([&] {
        turn_of_work = network.loop().turn();
        network.spend(2s);
        CHECK(network.loop().now() == began);
        CHECK(network.now() == began + 2s);
    });
    network.run_for(2s);
    network.run_until_idle();
    CHECK(turn_of_data == turn_of_work + 1);
    CHECK(turn_of_timer == turn_of_work + 1);
}

TEST_CASE("simulated network: the same seed replays exactly, whatever goes wrong") {
    const auto run = [](std::uint64_t seed) {
        SimulatedNetwork network(seed, rough);
        EchoServer server(network.loop());
        for (int i = 0; i < 10; ++i) {
            SimulatedPeer& peer = network.connect(server.port());
            peer.send(pattern(1'000));
            network.plan(std::chrono::milliseconds(10 * i), [&peer, i] { i % 2 == 0 ? peer.close() : peer.reset(); });
        }
        network.run_for(10s);
        CHECK(network.open_streams() == 0);
        return network.trace_hash();
    };
    for (std::uint64_t seed = 0; seed < 30; ++seed)
        CHECK(run(seed) == run(seed));
    CHECK(run(1) != run(2));
}

TEST_CASE("simulated network: connections break, are refused and fail to be accepted as often as the options say") {
    SUBCASE("refused") {
        SimulatedNetwork network(1, {.refusals = 1});
        EchoServer server(network.loop());
        SimulatedPeer& peer = network.connect(server.port());
        network.run_until_idle();
        CHECK(peer.is_reset());
        CHECK(server.connections.empty());
    }
    SUBCASE("broken") {
        SimulatedNetwork network(1, {.cut = false, .resets = 1});
        EchoServer server(network.loop());
        SimulatedPeer& peer = network.connect(server.port());
        peer.send("x");
        network.run_until_idle();
        CHECK(peer.is_reset());
        REQUIRE(server.connections.size() == 1);
        CHECK(server.connections[0]->events.error.has_value());
        CHECK(network.open_streams() == 0);
    }
    SUBCASE("not accepted, until it is") {
        SimulatedNetwork network(1, {.accept_failures = 1});
        EchoServer server(network.loop());
        for (int i = 0; i < 50; ++i)
            network.connect(server.port());
        network.run_for(1s);
        CHECK(server.connections.empty());
        network.change({});
        SimulatedPeer& peer = network.connect(server.port());
        peer.send("x");
        network.run_for(1s);
        CHECK(peer.received() == "x");
    }
    SUBCASE("not watched") {
        SimulatedNetwork network(1, {.watch_failures = 1});
        EchoServer server(network.loop());
        SimulatedPeer& peer = network.connect(server.port());
        network.run_until_idle();
        REQUIRE(server.connections.size() == 1);
        CHECK(server.connections[0]->events.error.has_value());
        CHECK(peer.is_closed());
    }
    SUBCASE("beyond the descriptors") {
        SimulatedNetwork network(1, {.descriptors_max = 2});
        EchoServer server(network.loop());
        for (int i = 0; i < 3; ++i)
            network.connect(server.port());
        network.run_for(1s);
        CHECK(server.connections.size() == 2);
        CHECK(network.open_streams() == 2);
    }
}

TEST_CASE("simulated network: an address is reached, refuses or says nothing until the time is up") {
    SimulatedNetwork network(1);
    EchoServer server(network.loop());
    const Endpoint here = Endpoint::loopback(server.port());
    const auto connect = [&] {
        std::optional<ErrorCode> error;
        bool is_told = false;
        const auto attempt = network.loop().connect(here, {.timeout = 10s}, [&](auto stream) {
            is_told = true;
            if (!stream) error = stream.error().code;
        });
        network.run_for(9s);
        const bool was_told_early = is_told;
        network.run_for(2s);
        CHECK(is_told);
        CHECK(was_told_early == (error != ErrorCode::timed_out));
        return error;
    };
    network.set_reachability(here, Reachability::silent);
    CHECK(connect() == ErrorCode::timed_out);
    network.set_reachability(here, Reachability::refused);
    CHECK(connect() == ErrorCode::disconnected);
    network.set_reachability(Endpoint::ipv4({127, 0, 0, 2}, 0), Reachability::silent);
    network.set_reachability(here, Reachability::reached);
    CHECK_FALSE(connect().has_value());
}

TEST_CASE("simulated network: an attempt that is dropped leaves no connection behind, at whatever step") {
    for (int step = 0; step < 20; ++step) {
        CAPTURE(step);
        SimulatedNetwork network(static_cast<std::uint64_t>(step));
        EchoServer server(network.loop());
        auto attempt = network.loop().connect(Endpoint::loopback(server.port()), {}, [](auto) {});
        network.run_for(std::chrono::microseconds(500) * step);
        attempt.reset();
        network.run_for(1min);
        CHECK(network.open_streams() == 0);
    }
}

TEST_CASE("simulated network: entropy follows from the seed") {
    const auto eight = [](std::uint64_t seed) {
        SimulatedNetwork network(seed);
        std::array<std::byte, 8> bytes{};
        network.loop().entropy().fill(bytes);
        return bytes;
    };
    CHECK(eight(1) == eight(1));
    CHECK(eight(1) != eight(2));
}

}  // namespace parley::net::test
