// SPDX-License-Identifier: MIT
#include "parley/net/listener.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "parley/net/backend/test_worlds.hpp"

namespace parley::net::test {

using namespace std::chrono_literals;

TEST_CASE_TEMPLATE("listener: port 0 is a free port, a taken port is an error that says what to do", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    auto listener = world.loop.listen(Endpoint::loopback(0), {}, [](std::unique_ptr<Stream>) {}).value();
    CHECK(listener->port() != 0);
    CHECK(listener->endpoint() == Endpoint::loopback(listener->port()));
    const auto second = world.loop.listen(listener->endpoint(), {}, [](std::unique_ptr<Stream>) {});
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == ErrorCode::address_in_use);
    CHECK(second.error().message.find("Port " + std::to_string(listener->port()) + " is already in use.") == 0);
    const Endpoint endpoint = listener->endpoint();
    listener.reset();
    CHECK(world.loop.listen(endpoint, {}, [](std::unique_ptr<Stream>) {}).has_value());
}

TEST_CASE_TEMPLATE("listener: all waiting connections are accepted, more than fit one turn, too", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    constexpr std::size_t count = Listener::accepts_per_turn_max + 50;
    std::vector<std::unique_ptr<Stream>> accepted;
    std::vector<std::unique_ptr<Stream>> connected;
    std::vector<std::unique_ptr<Pending>> attempts;
    const auto listener = world.loop
                              .listen(Endpoint::loopback(0), {},
                                      [&](std::unique_ptr<Stream> stream) { accepted.push_back(std::move(stream)); })
                              .value();
    for (std::size_t i = 0; i < count; ++i) {
        attempts.push_back(world.loop.connect(listener->endpoint(), {},
                                              [&](auto result) { connected.push_back(std::move(result).value()); }));
    }
    REQUIRE(run_until(world.loop, [&] { return accepted.size() == count && connected.size() == count; }));
}

TEST_CASE("listener: it accepts a share of those who wait in each turn") {
    SimulatedNetwork network(1, {.cut = false, .delay = false});
    std::map<std::uint64_t, int> shares;  // by the number of the turn
    const auto listener =
        network.loop()
            .listen(Endpoint::any(0), {}, [&](std::unique_ptr<Stream>) { ++shares[network.loop().turn()]; })
            .value();
    for (int i = 0; i < 2 * Listener::accepts_per_turn_max + 10; ++i)
        network.connect(listener->port());
    network.run_until_idle();
    REQUIRE(shares.size() == 3);
    CHECK(shares.begin()->second == Listener::accepts_per_turn_max);
    CHECK(shares.rbegin()->second == 10);
}

TEST_CASE("listener: what is told of exhaustion may have itself replaced") {
    SimulatedNetwork network(1);
    const auto listener = network.loop().listen(Endpoint::any(0), {}, [](std::unique_ptr<Stream>) {}).value();
    int first = 0;
    int second = 0;
    listener->on_exhausted([&] {
        ++first;
        listener->on_exhausted([&] { ++second; });
    });
    network.fail_accepts(2);
    network.connect(listener->port());
    network.connect(listener->port());
    network.run_for(1s);
    CHECK(first == 1);
    CHECK(second == 1);
}

TEST_CASE_TEMPLATE("listener: it may be destroyed by the connection it accepts", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    std::unique_ptr<Listener> listener;
    std::unique_ptr<Stream> accepted;
    int told = 0;
    listener = world.loop
                   .listen(Endpoint::loopback(0), {},
                           [&](std::unique_ptr<Stream> stream) {
                               accepted = std::move(stream);
                               listener.reset();
                           })
                   .value();
    std::vector<std::unique_ptr<Pending>> attempts;
    for (int i = 0; i < 3; ++i)
        attempts.push_back(world.loop.connect(listener->endpoint(), {}, [&](auto) { ++told; }));
    REQUIRE(run_until(world.loop, [&] { return told == 3 && accepted != nullptr; }));
    CHECK(listener == nullptr);
}

TEST_CASE_TEMPLATE("connect: where nobody listens is an error with a sentence", World, EpollWorld, SimulatedTestWorld) {
    World world;
    Endpoint nobody;
    {
        nobody = world.loop.listen(Endpoint::loopback(0), {}, [](std::unique_ptr<Stream>) {}).value()->endpoint();
    }
    std::optional<Error> error;
    std::unique_ptr<Pending> attempt = world.loop.connect(nobody, {}, [&](auto result) {
        REQUIRE_FALSE(result.has_value());
        error = result.error();
        attempt.reset();  // allowed in its own callback
    });
    CHECK_FALSE(error.has_value());
    REQUIRE(run_until(world.loop, [&] { return error.has_value(); }));
    CHECK(error->message == "Nothing listens on " + nobody.to_string() + ".");
}

TEST_CASE_TEMPLATE("connect: destroying the attempt cancels it", World, EpollWorld, SimulatedTestWorld) {
    World world;
    std::unique_ptr<Stream> accepted;
    bool told = false;
    const auto listener =
        world.loop
            .listen(Endpoint::loopback(0), {}, [&](std::unique_ptr<Stream> stream) { accepted = std::move(stream); })
            .value();
    auto attempt = world.loop.connect(listener->endpoint(), {}, [&](auto) { told = true; });
    attempt.reset();
    count_turns(world.loop, 50ms);
    CHECK_FALSE(told);
}

TEST_CASE("listener: out of descriptors it turns some away, rests, and goes on") {
    SimulatedNetwork network(5);
    std::vector<std::unique_ptr<Stream>> accepted;
    const auto listener = network.loop()
                              .listen(Endpoint::any(0), {.refusal = "later"},
                                      [&](std::unique_ptr<Stream> stream) { accepted.push_back(std::move(stream)); })
                              .value();
    int exhausted = 0;
    listener->on_exhausted([&] { ++exhausted; });
    network.fail_accepts(3);
    std::vector<SimulatedPeer*> peers;
    for (int i = 0; i < 300; ++i)
        peers.push_back(&network.connect(listener->port()));
    network.run_for(50ms);
    CHECK(exhausted == 1);
    CHECK(accepted.empty());
    network.run_for(300ms);
    CHECK(exhausted == 3);
    CHECK(listener->turned_away() > 0);
    CHECK(listener->turned_away() <= 3 * Listener::turned_away_per_rest_max);
    CHECK(accepted.size() + listener->turned_away() == peers.size());
    std::size_t closed = 0;
    std::size_t told = 0;
    for (SimulatedPeer* peer : peers) {
        closed += peer->is_closed() ? 1 : 0;
        told += peer->received() == "later" ? 1 : 0;
        CHECK(std::string_view("later").starts_with(peer->received()));  // a short send is not repeated
    }
    CHECK(closed == listener->turned_away());
    CHECK(told > closed / 2);
    CHECK(told <= closed);
}

}  // namespace parley::net::test
