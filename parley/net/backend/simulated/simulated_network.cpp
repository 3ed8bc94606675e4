// SPDX-License-Identifier: MIT
#include "parley/net/backend/simulated/simulated_network.hpp"

#include <algorithm>

#include "parley/net/backend/simulated/scripted_peer.hpp"
#include "parley/net/backend/simulated/simulated_backend.hpp"
#include "parley/net/backend/simulated/simulated_connection.hpp"
#include "parley/net/backend/simulated/simulated_listener.hpp"
#include "parley/net/backend/simulated/simulated_world.hpp"

namespace parley::net {

using detail::SimulatedConnection;

SimulatedNetwork::SimulatedNetwork(std::uint64_t seed, const SimulatedNetworkOptions& options)
    : world_(std::make_unique<detail::SimulatedWorld>(seed, options)) {
    world_->add_loop();
}

SimulatedNetwork::~SimulatedNetwork() = default;

Loop& SimulatedNetwork::loop() {
    return world_->loop(0);
}

Loop& SimulatedNetwork::add_loop() {
    return world_->add_loop();
}

TimePoint SimulatedNetwork::now() const {
    return world_->now();
}

void SimulatedNetwork::run_for(Duration duration) {
    const TimePoint end = world_->now() + duration;
    while (true) {
        world_->run_due_events();
        if (world_->run_loops(nullptr)) continue;
        const TimePoint next = world_->next_time(nullptr);
        if (next > end) break;
        world_->move_to(next);
    }
    world_->move_to(end);
}

void SimulatedNetwork::run_until_idle() {
    while (true) {
        world_->run_due_events();
        if (world_->run_loops(nullptr)) continue;
        if (world_->next_event() == no_deadline) break;
        world_->move_to(world_->next_time(nullptr));
    }
}

SimulatedPeer& SimulatedNetwork::connect(std::uint16_t port) {
    return connect(port, world_->next_client_endpoint());
}

SimulatedPeer& SimulatedNetwork::connect(std::uint16_t port, const Endpoint& from) {
    auto connection = std::make_shared<SimulatedConnection>(*world_, from, Endpoint::loopback(port));
    peers_.push_back(std::make_unique<detail::ScriptedPeer>(connection));
    world_->plan(world_->now() + world_->random_delay(), [world = world_.get(), port, connection] {
        detail::SimulatedListener* const listener =
            world->is_hit(world->options().refusals) ? nullptr : world->listener_on(port);
        if (listener != nullptr) {
            listener->add(connection);
        } else {
            connection->refuse(SimulatedConnection::client);
        }
    });
    return *peers_.back();
}

void SimulatedNetwork::add_host(std::string name, std::vector<Endpoint> endpoints) {
    world_->hosts.insert_or_assign(std::move(name), std::move(endpoints));
}

void SimulatedNetwork::add_local_socket(std::string path, std::uint16_t port) {
    world_->local_sockets[std::move(path)] = port;
}

void SimulatedNetwork::set_reachability(const Endpoint& endpoint, Reachability reachability) {
    world_->reachabilities[endpoint.address()] = reachability;
}

void SimulatedNetwork::raise(int signal) {
    for (detail::SimulatedBackend* backend : world_->backends())
        backend->raise(signal);
}

void SimulatedNetwork::fail_accepts(int count) {
    world_->failing_accepts = count;
}

void SimulatedNetwork::change(const SimulatedNetworkOptions& options) {
    world_->change(options);
}

void SimulatedNetwork::plan(Duration from_now, Function<void()> function) {
    world_->plan(world_->now() + from_now, std::move(function));
}

void SimulatedNetwork::spend(Duration duration) {
    world_->pass(duration);
}

std::size_t SimulatedNetwork::open_streams() const {
    return world_->open_streams;
}

std::uint64_t SimulatedNetwork::trace_hash() const {
    return world_->trace_hash();
}

}  // namespace parley::net
