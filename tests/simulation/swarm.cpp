// SPDX-License-Identifier: MIT
#include "tests/simulation/swarm.hpp"

#include <utility>

namespace parley::simulation {

using namespace std::chrono_literals;

namespace {

constexpr Duration tick = Duration(1 << 23);  // of the timer wheel

net::SimulatedNetworkOptions draw_network(Chance& chance) {
    net::SimulatedNetworkOptions options;
    options.cut = !chance.one_in(4);
    options.delay = !chance.one_in(4);
    options.delay_max = chance.pick<Duration>({1ms, 5ms, 50ms, 300ms, 2s});
    options.window_bytes = chance.pick<std::size_t>({1'000, 8'000, 65'536});
    options.wake_delay_max = chance.pick<Duration>({0ms, 5ms, 20ms, 200ms, 2s, 12s});
    options.pause_max = chance.pick<Duration>({0ms, 1ms, 20ms, 200ms, 3s});
    options.pauses = options.pause_max > 100ms ? 50 : chance.pick<std::uint32_t>({2, 10, 40});
    options.tick = chance.pick<Duration>({0ms, tick, tick, 100ms, 1s});
    options.shuffle = chance.one_in(2);
    options.resets = chance.pick<std::uint32_t>({0, 0, 0, 500, 60});
    options.refusals = chance.pick<std::uint32_t>({0, 0, 20});
    options.accept_failures = chance.pick<std::uint32_t>({0, 0, 10});
    options.watch_failures = chance.pick<std::uint32_t>({0, 0, 30});
    options.descriptors_max = chance.pick<std::size_t>({0, 0, 0, 8});
    return options;
}

ApplicationOptions draw_application(Chance& chance) {
    using std::chrono::milliseconds;
    ApplicationOptions options;
    options.head_timeout = chance.pick<milliseconds>({300ms, 2s, 10s});
    options.body_grace = chance.pick<milliseconds>({300ms, 2s, 10s});
    options.keep_alive_timeout = chance.pick<milliseconds>({300ms, 2s, 10s});
    options.stall_timeout = chance.pick<milliseconds>({500ms, 3s, 15s});
    options.shutdown_timeout = chance.pick<milliseconds>({100ms, 1s, 5s});
    options.head_bytes_max = chance.pick<std::size_t>({1'024, 16 * 1024});
    options.body_bytes_max = chance.pick<std::size_t>({3'000, 1'000'000});
    options.connections_max = chance.pick<std::size_t>({0, 0, 0, 40});
    options.memory_max = chance.pick<std::size_t>({1 << 30, 1 << 30, 1 << 30, 600'000});
    return options;
}

}  // namespace

Swarm::Swarm(std::uint64_t seed) {
    Chance chance(seed * 0x9e3779b97f4a7c15 + 1);
    using std::chrono::milliseconds;
    network = draw_network(chance);
    application = draw_application(chance);
    websocket.message_bytes_max = chance.pick<std::size_t>({2'000, 1'000'000});
    websocket.outbound_bytes_max = chance.pick<std::size_t>({3'000, 1'000'000});
    websocket.ping_interval = chance.pick<milliseconds>({0ms, 500ms, 3s, 25s});
    websocket.ping_timeout = chance.pick<milliseconds>({300ms, 2s, 20s});

    ping_interval = chance.pick<milliseconds>({500ms, 3s, 25s});
    ping_timeout = chance.pick<milliseconds>({400ms, 2s, 20s});
    upgrade_timeout = chance.pick<milliseconds>({300ms, 2s, 10s});
    connect_timeout = chance.pick<milliseconds>({500ms, 5s, 45s});
    ack_timeout = chance.pick<milliseconds>({200ms, 5s, 30s});
    acks_max = chance.pick<std::size_t>({2, 1'024});
    rooms_max = chance.pick<std::size_t>({2, 1'024});
    namespaces_max = chance.pick<std::size_t>({1, 2, 16});
    message_bytes_max = chance.pick<std::size_t>({1'200, 1'000'000});
    unconfirmed_max = chance.pick<std::size_t>({3, 10'000});
    queue_bytes_max = chance.pick<std::size_t>({2'000, 1'000'000});

    turn_bytes_max = chance.pick<std::size_t>({50'000, 64 * 1024 * 1024});
    confirm_timeout = chance.pick<milliseconds>({1s, 10s});

    clients = static_cast<int>(chance.below(7));
    sessions_max = chance.pick<std::size_t>({100'000, 100'000, 10});
    http_peers = static_cast<int>(chance.pick({0, 0, 1, 3}));
    websocket_peers = static_cast<int>(chance.pick({0, 0, 1, 4}));
    attackers = static_cast<int>(chance.pick({0, 0, 1, 4}));
    if (clients + http_peers + websocket_peers == 0) clients = 2;
    speaks_websocket = !chance.one_in(4);
    polls = !speaks_websocket || !chance.one_in(3);
    upgrades = polls && speaks_websocket && !chance.one_in(3);

    length = 2s + chance.time(40s);
    pace = chance.pick<Duration>({50ms, 500ms, 4s});
    acts_max = static_cast<int>(10 + chance.below(100));

    const auto rate = [&](std::uint32_t n) { return chance.one_in(2) ? n : 0U; };
    long_handlers = rate(15);
    long_handler_max = chance.pick<Duration>({10ms, 1500ms, 15s});
    throws = rate(8);
    disconnects = rate(12);
    destroys = chance.one_in(5) ? 40 : 0;
    rooms = rate(3);
    questions = rate(4);
    broadcasts = rate(3);
    large = rate(15);
    schedules = rate(5);
    middlewares = rate(2);
    stops = chance.one_in(6) ? 1 : 0;
    vanishing = rate(8);
    stops_reading = rate(10);
    loops = chance.pick<std::size_t>({1, 1, 2, 4});
}

ServerOptions Swarm::server_options() const {
    ServerOptions options;
    options.serve_client = false;
    options.ping_interval = ping_interval;
    options.ping_timeout = ping_timeout;
    options.upgrade_timeout = upgrade_timeout;
    options.connect_timeout = connect_timeout;
    options.ack_timeout = ack_timeout;
    options.acks_per_socket_max = acks_max;
    options.rooms_per_socket_max = rooms_max;
    options.namespaces_per_client_max = namespaces_max;
    options.max_http_buffer_size = message_bytes_max;
    options.unconfirmed_sessions_max = unconfirmed_max;
    options.queue_bytes_max = queue_bytes_max;
    options.turn_bytes_max = turn_bytes_max;
    options.sessions_max = sessions_max;
    options.confirm_timeout = confirm_timeout;
    return options;
}

bool Swarm::is_brisk() const {
    return network.wake_delay_max <= 200ms && network.pause_max <= 200ms && network.delay_max <= 300ms &&
           long_handlers == 0;
}

bool Swarm::is_open_to_all() const {
    return is_brisk() && network.accept_failures == 0 && network.descriptors_max == 0 &&
           application.connections_max == 0 && stops_reading == 0;
}

Duration Swarm::moment(Chance& chance) const {
    if (!chance.one_in(3)) return chance.time(chance.time(pace));
    const Duration base = chance.pick<Duration>({0ms, application.head_timeout, application.head_timeout,
                                                 application.keep_alive_timeout, application.body_grace,
                                                 application.stall_timeout, ping_interval, ping_interval + ping_timeout,
                                                 upgrade_timeout, connect_timeout, ack_timeout, 2s, 5s, 10s});
    const Duration around = chance.pick<Duration>({0ms, tick, 2 * tick, network.wake_delay_max, network.pause_max});
    const Duration moment = base + chance.time(2 * around) - around;
    return std::max(moment, Duration::zero());
}

}  // namespace parley::simulation
