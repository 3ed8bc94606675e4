// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parley/engineio/transport.hpp"
#include "parley/http/cookie.hpp"
#include "parley/http/cors.hpp"

namespace parley::engineio {

/// The cookie with the session id for load balancers; the server itself never reads it.
struct CookieOptions {
    std::string name = "io";
    std::string path = "/";   ///< empty: no attribute
    std::string domain = {};  ///< empty: no attribute
    bool http_only = true;
    bool secure = false;
    http::SameSite same_site = http::SameSite::lax;
    std::optional<std::chrono::seconds> max_age = {};
};

/// Everything about an Engine.IO server that can be chosen. Names and defaults are those of the official server.
struct Options {
    std::string path = "/engine.io";  ///< requests for paths beneath it belong to the engine
    bool add_trailing_slash = true;   ///< false: also the path itself

    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds ping_timeout{20'000};
    std::chrono::milliseconds upgrade_timeout{10'000};
    std::chrono::milliseconds close_timeout{10'000};    ///< how long a closed polling session waits to say so
    std::chrono::milliseconds confirm_timeout{10'000};  ///< for a polling client to come back after its handshake

    std::size_t max_http_buffer_size = 1'000'000;  ///< octets of one POST body or one WebSocket message
    bool polling = true;                           ///< `transports` has "polling"
    bool websocket = true;                         ///< `transports` has "websocket"
    bool allow_upgrades = true;

    /// Unset: no CORS header is sent and no origin is refused. Browsers then keep foreign pages from polling, but let
    /// them open a WebSocket, exactly as with the official server; set `cors` (or refuse in the handshake hook) where
    /// cookies or the network decide who may talk. Because CORS itself does not restrict WebSocket, a handshake whose
    /// `Origin` is neither allowed nor the server's own is refused with 403 on both transports, before a session
    /// exists.
    std::optional<http::CorsRule> cors = {};
    std::optional<CookieOptions> cookie = {};

    std::size_t queue_bytes_soft = 65'536;    ///< what waits for a poll: a session that holds more is not writable
    std::size_t queue_bytes_max = 1'048'576;  ///< behind what one turn said; one that holds more is closed
    std::size_t turn_bytes_max = 67'108'864;  ///< what one turn says beyond them, or one message, counts, too
    /// Sessions at one time. For one more, one that polls and holds no connection just now makes room, first of those
    /// that have not begun to poll; where there is none, it is refused.
    std::size_t sessions_max = 100'000;
    /// Sessions of one address (IPv6: of one /64 network) at one time; one more is refused. 0: as many as there may be,
    /// because many people share the address of a proxy.
    std::size_t sessions_per_address_max = 0;
    /// Polling sessions whose client has not begun to poll since its handshake: it holds no connection, and may never
    /// have meant to. For one more, the oldest of the address that has the most of them makes room: it is closed.
    std::size_t unconfirmed_sessions_max = 10'000;
    /// Requests by polling for one session in a second, and as many at once after a pause. One more is answered 429 and
    /// does not reach the session, which goes on; an official client ends its transport then and comes back with a new
    /// session. It waits for each answer before it asks again, and reaches about a tenth of this at most. 0: no bound.
    std::uint32_t polling_requests_per_second_max = 10'000;
    std::size_t packets_per_turn = 1'000;  ///< of one POST; the rest waits for the next turn of the loop
};

/// What the path of a request must begin with.
[[nodiscard]] std::string path_prefix(const Options& options);

/// Why these options cannot be used, in one sentence; empty when they can.
[[nodiscard]] std::string check_options(const Options& options);

}  // namespace parley::engineio
