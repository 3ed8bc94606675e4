// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "apps/parley/bench.hpp"
#include "parley/client/engine.hpp"
#include "parley/client/websocket_link.hpp"
#include "parley/http/url.hpp"

namespace parley {

enum class BenchScenario : std::uint8_t { echo, ack, broadcast, room, connect, idle, polling };

[[nodiscard]] std::string_view to_string(BenchScenario scenario) noexcept;

/// What a command line asks for, checked, and ready to be done.
struct BenchPlan {
    BenchCommand command;
    BenchScenario scenario{};
    http::Url url;
    bool is_socketio = true;  ///< else plain WebSockets
    std::string nsp = "/";
    std::string auth_json;  ///< empty: none
    std::string event;
    std::string answer;
    client::EngineOptions engine = {};       ///< of Socket.IO
    client::WebSocketLinkOptions link = {};  ///< else

    [[nodiscard]] Duration timeout() const { return std::chrono::seconds(command.connect.timeout_seconds); }
    [[nodiscard]] std::size_t connections() const { return static_cast<std::size_t>(command.connections); }
    [[nodiscard]] std::size_t message_bytes() const {
        return static_cast<std::size_t>(command.message_bytes.value_or(64));
    }
    [[nodiscard]] std::size_t room_size() const { return static_cast<std::size_t>(command.room_size.value_or(10)); }
    [[nodiscard]] std::size_t window() const { return static_cast<std::size_t>(command.window.value_or(1)); }
    [[nodiscard]] Duration warmup() const { return std::chrono::seconds(command.warmup_seconds.value_or(1)); }
    [[nodiscard]] Duration duration() const { return std::chrono::seconds(command.duration_seconds); }
    /// Whether it is about messages, and not about connections alone.
    [[nodiscard]] bool has_messages() const {
        return scenario != BenchScenario::connect && scenario != BenchScenario::idle;
    }
    /// How the server is reached, in words.
    [[nodiscard]] std::string_view transport() const;
};

/// Throws CLI::ValidationError for what cannot be, and SetupError for what the client's options cannot be.
[[nodiscard]] BenchPlan make_bench_plan(const BenchCommand& command);

}  // namespace parley
