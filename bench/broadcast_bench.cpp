// SPDX-License-Identifier: MIT
// The Socket.IO server between a handler and the outboxes of its clients: nanoseconds and allocations per operation.
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>
#include <vector>

#include "bench/support/allocation_counter.hpp"
#include "parley/net/backend/simulated/simulated_network.hpp"
#include "parley/server.hpp"
#include "parley/server/server_core.hpp"

namespace parley::bench {
namespace {

using server::detail::ServerCore;
using server::detail::SocketCore;

/// A server in a simulated network with so many clients over WebSocket, all in room "room", that read what they get.
class Crowd {
 public:
    explicit Crowd(std::size_t size)
        : network_(1, {.cut = false}),
          app_(network_.loop()),
          core_(&app_, ServerOptions{.ping_interval = std::chrono::hours(100'000)}),  // nobody answers pings
          root(Reference<server::detail::NamespaceCore>(&core_.of("/"))) {
        app_.listen(ListenOptions{.port = 0, .host = "127.0.0.1"});
        root.on_connection([](Socket socket) { socket.join("room"); });
        for (std::size_t i = 0; i < size; ++i) {
            net::SimulatedPeer& peer = network_.connect(static_cast<std::uint16_t>(app_.port()));
            peer.send(
                "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            network_.run_until_idle();
            peer.send(
                {"\x81\x82\0\0\0\0"
                 "40",
                 8});
            peers_.push_back(&peer);
        }
        drain();
    }

    /// Lets what waits be sent and read.
    void drain() {
        network_.run_until_idle();
        for (net::SimulatedPeer* peer : peers_)
            peer->received().clear();
    }

    [[nodiscard]] SocketCore& first() { return SocketCore::from(core_.of("/").node().rooms().select({}).front()); }

 private:
    net::SimulatedNetwork network_;
    Application app_;
    ServerCore core_;
    std::vector<net::SimulatedPeer*> peers_;

 public:
    const Namespace root;
};

// Times `act` alone; what it put into outboxes is drained between the rounds, outside of time and count.
template <typename Act>
void measure(benchmark::State& state, Crowd& crowd, Act act) {
    constexpr int batch = 16;
    std::uint64_t allocations = 0;
    std::int64_t rounds = 0;
    for (auto _ : state) {
        const std::uint64_t before = allocation_count();
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < batch; ++i)
            act();
        const auto end = std::chrono::steady_clock::now();
        allocations += allocation_count() - before;
        state.SetIterationTime(std::chrono::duration<double>(end - begin).count() / batch);
        rounds += batch;
        crowd.drain();
    }
    state.counters["allocations"] = static_cast<double>(allocations) / static_cast<double>(rounds);
}

void broadcast(benchmark::State& state) {
    Crowd crowd(static_cast<std::size_t>(state.range(0)));
    const std::string text(32, 'x');
    measure(state, crowd, [&] { crowd.root.emit("chat message", text); });
}
BENCHMARK(broadcast)->Name("server/broadcast")->Arg(1)->Arg(1000)->UseManualTime()->Iterations(500);

void broadcast_to_room(benchmark::State& state) {
    Crowd crowd(static_cast<std::size_t>(state.range(0)));
    const std::string text(32, 'x');
    measure(state, crowd, [&] { crowd.root.to("room").emit("chat message", text); });
}
BENCHMARK(broadcast_to_room)->Name("server/broadcast_to_room")->Arg(1000)->UseManualTime()->Iterations(200);

void broadcast_binary(benchmark::State& state) {
    Crowd crowd(static_cast<std::size_t>(state.range(0)));
    const Bytes bytes(1024);
    measure(state, crowd, [&] { crowd.root.emit("picture", bytes); });
}
BENCHMARK(broadcast_binary)->Name("server/broadcast_1KiB_binary")->Arg(1000)->UseManualTime()->Iterations(200);

void emit_to_one(benchmark::State& state) {
    Crowd crowd(1);
    const Socket socket{Reference<SocketCore>(&crowd.first())};
    const std::string text(32, 'x');
    measure(state, crowd, [&] { socket.emit("chat message", text); });
}
BENCHMARK(emit_to_one)->Name("server/emit")->UseManualTime()->Iterations(20'000);

void handle_event(benchmark::State& state, bool wants_ack) {
    Crowd crowd(1);
    SocketCore& socket = crowd.first();
    std::size_t octets = 0;
    crowd.root.on("chat message", [&](std::string_view text) { return octets += text.size(); });
    socketio::Event event;
    event.kind = socketio::Event::Kind::event_received;
    event.event_name = "chat message";
    event.data = R"(["chat message","hello, world"])";
    event.arguments_at = std::string_view(R"(["chat message")").size();
    if (wants_ack) event.ack_id = 17;
    measure(state, crowd, [&] { socket.receive_event(event); });
    benchmark::DoNotOptimize(octets);
}
BENCHMARK_CAPTURE(handle_event, plain, false)->Name("server/handle_event")->UseManualTime()->Iterations(20'000);
BENCHMARK_CAPTURE(handle_event, answered, true)
    ->Name("server/handle_event_and_answer")
    ->UseManualTime()
    ->Iterations(20'000);

}  // namespace
}  // namespace parley::bench
