// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/base/time_of.hpp"
#include "parley/engine/handshake.hpp"
#include "parley/engineio/transport.hpp"
#include "parley/http/cookie.hpp"
#include "parley/http/cors_options.hpp"
#include "parley/server/handshake_next.hpp"
#include "parley/websocket/deflate_options.hpp"
#include "parley/websocket/limits.hpp"

namespace parley {

class ServerObserver;

namespace server::detail {
class ServerCore;
}

using engineio::Transport;
using http::CorsOptions;
using http::Origins;
using http::SameSite;

namespace server::detail {

struct Anything {
    template <typename T>
    Anything(const T&) {}
    Anything() = default;
};

/// The options as JavaScript spells them, each of which may stand in braces, alone or with those behind it.
struct JavaScriptOptions {
    Anything serveClient{}, connectTimeout{}, cleanupEmptyChildNamespaces{}, connectionStateRecovery{}, pingTimeout{},
        pingInterval{}, upgradeTimeout{}, maxHttpBufferSize{}, allowRequest{}, allowUpgrades{}, perMessageDeflate{},
        httpCompression{}, wsEngine{}, initialPacket{}, allowEIO3{}, destroyUpgrade{}, destroyUpgradeTimeout{},
        addTrailingSlash{}, maxPayload{};
};

template <typename Slip>
void refuse_javascript() {
    static_assert(!std::is_same_v<Slip, JavaScriptOptions>,
                  "parley: options are spelt as in .ping_interval = 25s: see parley/server/options.hpp, and "
                  "docs/from-node.md for those of the official server");
}

}  // namespace server::detail

/// What a client may connect by, as in `{Transport::websocket}`.
class Transports {
 public:
    Transports(std::initializer_list<Transport> transports) : list_(transports) {}
    Transports(std::vector<Transport> transports) : list_(std::move(transports)) {}
    template <typename Text>
        requires std::is_convertible_v<Text, std::string_view>
    Transports(std::initializer_list<Text>) {
        static_assert(!std::is_convertible_v<Text, std::string_view>,
                      "parley: transports are values, not texts: write {parley::Transport::websocket}");
    }

    [[nodiscard]] const std::vector<Transport>& list() const noexcept { return list_; }

 private:
    std::vector<Transport> list_;
};

/// The cookie with the session id for load balancers; the server never reads it. Off while `name` is empty.
struct CookieOptions {
    std::string name = {};   ///< the official server's is "io"
    std::string path = "/";  ///< empty: no attribute
    std::string domain = {};
    bool http_only = true;
    bool secure = false;
    SameSite same_site = SameSite::lax;
    std::optional<std::chrono::seconds> max_age = {};
};

/// The program's check of handshakes: `bool(const Handshake&)` says at once whether a client may come, and
/// `void(const Handshake&, HandshakeNext)` says it by the latter, now or later.
class AllowRequest {
 public:
    AllowRequest() = default;
    AllowRequest(std::nullptr_t) {}
    template <typename F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, AllowRequest>)
    AllowRequest(F&& check) {
        using Callable = std::decay_t<F>;
        if constexpr (std::is_invocable_v<Callable&, const Handshake&, HandshakeNext>) {
            later_ = std::forward<F>(check);
        } else if constexpr (std::is_invocable_r_v<bool, Callable&, const Handshake&>) {
            now_ = std::forward<F>(check);
        } else {
            static_assert(std::is_invocable_v<Callable&, const Handshake&, HandshakeNext>,
                          "parley: allow_request takes (const Handshake&) and returns whether the client may come, or "
                          "takes (const Handshake&, HandshakeNext) and returns nothing");
        }
    }

 private:
    friend class server::detail::ServerCore;

    Function<bool(const Handshake&)> now_;
    Function<void(const Handshake&, HandshakeNext)> later_;
};

/// What can be chosen about a server. Names and defaults are those of the official server; the last group is ours.
struct ServerOptions {
    std::string path = "/socket.io";       ///< the captured path
    bool serve_client = true;              ///< whether `<path>/socket.io.js` and its sisters are served
    Milliseconds connect_timeout{45'000};  ///< for a client to join its first namespace

    Milliseconds ping_interval{25'000};
    Milliseconds ping_timeout{20'000};
    Milliseconds upgrade_timeout{10'000};
    std::size_t max_http_buffer_size = 1'000'000;  ///< octets of one message or one POST body
    Transports transports = {Transport::polling, Transport::websocket};
    bool allow_upgrades = true;
    PerMessageDeflate per_message_deflate = {.enabled = false};  ///< off: `{}` turns it on

    CorsOptions cors = {};
    CookieOptions cookie = {};
    /// Asked for each new connection before it exists. Must not block: what takes its time answers later.
    AllowRequest allow_request = {};

    Milliseconds ack_timeout{30'000};         ///< for emits without `timeout()` that ask for an acknowledgement
    std::size_t acks_per_socket_max = 1'024;  ///< acknowledgements that one socket may owe at a time
    std::size_t rooms_per_socket_max = 1'024;
    std::size_t room_bytes_max = 255;  ///< octets of a room's name
    std::size_t namespaces_per_client_max = 16;
    std::size_t auth_bytes_max = 16'384;     ///< octets of what a client says about itself when it joins a namespace
    std::size_t namespace_bytes_max = 255;   ///< octets of a namespace's name, the slash included
    std::size_t event_name_bytes_max = 255;  ///< octets of an event's name
    /// Arrays and objects within each other in what a client sends, that of the arguments included; 1,024 at most.
    std::size_t json_depth_max = 128;
    std::size_t attachments_max = 10;  ///< binary values of one packet of a client's; what is sent has ten at most
    Milliseconds attachments_timeout{30'000};  ///< for all of them to come
    /// Octets of packets whose binary values have not all come, of all clients together; at least one may always come.
    std::size_t reassembly_bytes_max = 64 * 1024 * 1024;
    std::size_t refused_connects_max = 16;     ///< that a client may hear without an accepted one in between
    std::size_t connects_per_window_max = 32;  ///< namespaces that a client may join, again and again,
    Milliseconds connect_window{10'000};       ///< in this time
    /// Clients at one time. For one more, one that polls and holds no connection just now makes room, first of those
    /// that have not begun to poll; where there is none, the newcomer is answered 503.
    std::size_t sessions_max = 100'000;
    /// Clients of one address (IPv6: of one /64 network) at one time; one more is answered 503. 0: as many as there may
    /// be, because many people share the address of a proxy.
    std::size_t sessions_per_address_max = 0;
    /// Clients that have not begun to poll since their handshake; an honest one does within a round trip. For one more,
    /// the oldest of the address that has the most of them makes room: it is closed.
    std::size_t unconfirmed_sessions_max = 10'000;
    Milliseconds confirm_timeout{10'000};  ///< for a client that polls to come back after its handshake
    /// Requests of one client by polling in a second, and as many at once after a pause. One more is answered 429 and
    /// handled by nobody. An official client waits for each answer and reaches about a tenth of it; one that is refused
    /// takes that as the end of its connection. 0: as many as come.
    std::uint32_t polling_requests_per_second_max = 10'000;
    Milliseconds close_timeout{10'000};  ///< for a client that polls to come for its goodbye
    /// For a client over WebSocket to take something of what waits for it; one that does not is closed.
    Milliseconds stall_timeout{15'000};
    WebSocketLimits websocket = {};  ///< frames of clients, their pace, and the goodbye
    /// Octets that may wait for a client behind what one turn has said to it. One that is further behind is closed:
    /// `slow consumer`.
    std::size_t queue_bytes_max = 1024 * 1024;
    /// Octets that one turn may say to a client before they count as those behind it do. Its first message is free,
    /// however long it is.
    std::size_t turn_bytes_max = 64 * 1024 * 1024;
    ServerObserver* observer = nullptr;  ///< hears what happens: see parley/server/observer.hpp; outlives the server
};

}  // namespace parley
