// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "parley/net/backend/simulated/simulated_network.hpp"
#include "parley/server/options.hpp"
#include "parley/web/application.hpp"
#include "parley/web/websocket_server.hpp"
#include "tests/simulation/chance.hpp"

namespace parley::simulation {

/// What one seed is about. Each draws its own features, rates and limits, often tiny ones: a run in which everything
/// happens a little never gets anywhere far.
struct Swarm {
    explicit Swarm(std::uint64_t seed);

    [[nodiscard]] ServerOptions server_options() const;
    /// How long somebody waits: anything, but often just as long as one of the server's own times, give or take a tick.
    [[nodiscard]] Duration moment(Chance& chance) const;

    /// Whether whatever happens is noticed soon, unless somebody waits for a time to be over.
    [[nodiscard]] bool is_brisk() const;
    /// The same, and everybody comes in and reads what is said.
    [[nodiscard]] bool is_open_to_all() const;
    static constexpr Duration soon = std::chrono::seconds(5);

    net::SimulatedNetworkOptions network;
    ApplicationOptions application;
    WebSocketServerOptions websocket;

    std::chrono::milliseconds ping_interval{};
    std::chrono::milliseconds ping_timeout{};
    std::chrono::milliseconds upgrade_timeout{};
    std::chrono::milliseconds connect_timeout{};
    std::chrono::milliseconds ack_timeout{};
    std::size_t acks_max = 0;
    std::size_t rooms_max = 0;
    std::size_t namespaces_max = 0;
    std::size_t message_bytes_max = 0;
    std::size_t unconfirmed_max = 0;
    std::size_t queue_bytes_max = 0;
    std::size_t turn_bytes_max = 0;
    std::size_t sessions_max = 0;
    std::chrono::milliseconds confirm_timeout{};

    std::size_t loops = 1;  ///< of the application

    int clients = 0;
    int http_peers = 0;
    int websocket_peers = 0;
    int attackers = 0;
    bool polls = false;     ///< clients may come by polling
    bool upgrades = false;  ///< and go on by WebSocket
    bool speaks_websocket = false;

    Duration length{};  ///< of the time in which anything may happen
    Duration pace{};    ///< the longest usual wait between two acts of one actor
    int acts_max = 0;   ///< of one actor

    // The program: once in so many acts; 0: never.
    std::uint32_t long_handlers = 0;
    Duration long_handler_max{};
    std::uint32_t throws = 0;
    std::uint32_t disconnects = 0;
    std::uint32_t destroys = 0;
    std::uint32_t rooms = 0;
    std::uint32_t questions = 0;
    std::uint32_t broadcasts = 0;
    std::uint32_t large = 0;
    std::uint32_t schedules = 0;
    std::uint32_t middlewares = 0;
    std::uint32_t stops = 0;  ///< restarts in the time in which anything may happen
    // The peers.
    std::uint32_t vanishing = 0;
    std::uint32_t stops_reading = 0;
};

}  // namespace parley::simulation
