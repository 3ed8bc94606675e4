// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "parley/client/engine.hpp"
#include "parley/client/options.hpp"
#include "parley/client/websocket_client.hpp"
#include "parley/client/websocket_link.hpp"
#include "parley/http/url.hpp"

namespace parley::client {

/// Throws SetupError, with a sentence that says what to write instead, where `url` or `options` cannot be; reads
/// the certificates that they name. The path of the URL is a namespace.
[[nodiscard]] http::Url check_client_options(std::string_view url, ClientOptions& options);

/// The same for a WebSocket client, whose URL has a path and a query of its own.
[[nodiscard]] http::Url check_websocket_options(std::string_view url, WebSocketClientOptions& options);
/// What its connections are to do.
[[nodiscard]] WebSocketLinkOptions link_options(const WebSocketClientOptions& options);

/// What the engine is to do for a client with these, which have been checked.
[[nodiscard]] EngineOptions engine_options(const http::Url& url, const ClientOptions& options);

}  // namespace parley::client
