// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/base/time_of.hpp"
#include "parley/client/dial_options.hpp"
#include "parley/client/http_message.hpp"
#include "parley/engineio/transport.hpp"
#include "parley/json.hpp"
#include "parley/websocket/deflate_options.hpp"

namespace parley {

using engineio::Transport;

/// What a client says about itself when it joins a namespace: a value, or a function that is asked at each attempt.
class ClientAuth {
 public:
    ClientAuth() = default;
    ClientAuth(Json value) : value_(std::move(value)) {}
    /// `auth` returns the value; it runs where handlers do.
    template <typename F>
        requires(std::is_invocable_r_v<Json, std::decay_t<F>&> && !std::is_convertible_v<F, Json>)
    ClientAuth(F&& auth) : function_(std::forward<F>(auth)) {}

    /// The value of now.
    [[nodiscard]] Json get() { return function_ ? function_() : value_; }

 private:
    Json value_;
    Function<Json()> function_;
};

/// Everything about a client that can be chosen. Names and defaults are those of the official client; what has no
/// official name bounds what a server can make the client keep, or the program itself.
struct ClientOptions {
    std::string path = "/socket.io/";
    std::vector<Transport> transports = {Transport::polling, Transport::websocket};
    bool try_all_transports = false;  ///< where the first one fails, the next is tried
    bool upgrade = true;              ///< from polling to WebSocket, when the server offers it
    bool remember_upgrade = false;    ///< begin with WebSocket when the last connection used it
    /// Compression of WebSocket messages (RFC 7692), off: `{}` offers it.
    PerMessageDeflate per_message_deflate = {.enabled = false};
    std::vector<std::pair<std::string, std::string>> query = {};  ///< beside that of the URL
    std::vector<HttpHeader> extra_headers = {};
    client::DialOptions dial = {};  ///< how the server is reached: proxies; `timeout` stands for its `connect_timeout`
    ClientAuth auth = {};

    bool reconnection = true;
    std::uint32_t reconnection_attempts = UINT32_MAX;  ///< so many in a row, then `on_reconnect_failed`
    Milliseconds reconnection_delay{1'000};            ///< before the first attempt, doubled with each further one
    Milliseconds reconnection_delay_max{5'000};        ///< at most
    double randomization_factor = 0.5;                 ///< the part of each delay that chance may take away: 0 to 1

    Milliseconds timeout{20'000};  ///< for a connection to open
    /// For an acknowledgement that no `timeout()` was said for; zero: as long as the connection lasts.
    Milliseconds ack_timeout{0};

    std::size_t max_http_buffer_size = 100'000'000;  ///< octets of one answer to a poll or one WebSocket message
    std::size_t send_buffer_bytes_max = 64'000'000;  ///< octets that wait, connected or not: beyond, emits are refused
    std::size_t send_buffer_packets_max = 100'000;   ///< packets that wait for a connection
    std::size_t acks_max = 100'000;                  ///< acknowledgements that are waited for, of one namespace
};

}  // namespace parley
