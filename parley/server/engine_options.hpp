// SPDX-License-Identifier: MIT
#pragma once

#include "parley/engine/engine.hpp"
#include "parley/engineio/options.hpp"
#include "parley/server/options.hpp"

namespace parley::server::detail {

/// The part of a server's options that is the engine's.
[[nodiscard]] engineio::Options engine_options(const ServerOptions& options);

/// And those of the WebSockets beneath it, on one of so many loops.
[[nodiscard]] engine::WebSocketOptions engine_websocket_options(const ServerOptions& options, std::size_t loops);

/// The options, which are such that a server can be made of them; throws SetupError when they are not. What is the
/// engine's, that checks.
[[nodiscard]] ServerOptions checked(ServerOptions options);

}  // namespace parley::server::detail
