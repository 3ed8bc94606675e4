// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/base/done.hpp"
#include "parley/base/function.hpp"
#include "parley/base/reference.hpp"
#include "parley/base/time_of.hpp"
#include "parley/client/dial_options.hpp"
#include "parley/client/http_message.hpp"
#include "parley/engineio/transport.hpp"
#include "parley/json.hpp"
#include "parley/websocket/deflate_options.hpp"

namespace parley {

using engineio::Transport;

namespace client {
class AuthQuestion;
void retain(AuthQuestion*) noexcept;
void release(AuthQuestion*) noexcept;
}  // namespace client

/// Where an `auth` function gives its value when it has it. A small handle to copy anywhere, which may outlive the
/// client.
class AuthAnswer {
 public:
    explicit AuthAnswer(Reference<client::AuthQuestion> question) : question_(std::move(question)) {}

    /// Joins the namespace with this value. Any thread, at any time. False, and nothing is done: there was an answer
    /// before, or nobody waits any more, because `timeout` has passed, the connection was lost or the client is gone.
    /// From another thread than the client's it is posted, and true says only that.
    Done operator()(Json auth) const;

 private:
    Reference<client::AuthQuestion> question_;
};

/// What a client says about itself when it joins a namespace: a value, or a function that is asked at each attempt.
class ClientAuth {
 public:
    ClientAuth() = default;
    ClientAuth(Json value) : value_(std::move(value)) {}
    /// `auth` returns the value; it runs where handlers do.
    template <typename F>
        requires(std::is_invocable_r_v<Json, std::decay_t<F>&> && !std::is_convertible_v<F, Json>)
    ClientAuth(F&& auth) : function_(std::forward<F>(auth)) {}
    /// `auth` takes an `AuthAnswer`, which it calls with the value, now or later. Where it does not within the client's
    /// `timeout`, there is a `connect_error` "timeout", and nothing more is tried until `connect()`.
    template <typename F>
        requires(std::is_invocable_v<std::decay_t<F>&, AuthAnswer> && !std::is_invocable_v<std::decay_t<F>&> &&
                 !std::is_convertible_v<F, Json>)
    ClientAuth(F&& auth) : asynchronous_(std::forward<F>(auth)) {}

    /// Whether the value is asked for with `ask`.
    [[nodiscard]] bool is_asynchronous() const noexcept { return static_cast<bool>(asynchronous_); }
    /// The value of now.
    [[nodiscard]] Json get() { return function_ ? function_() : value_; }
    void ask(AuthAnswer answer) { asynchronous_(std::move(answer)); }

 private:
    Json value_;
    Function<Json()> function_;
    Function<void(AuthAnswer)> asynchronous_;
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

    /// So many times more an event is sent that the server has not acknowledged, within `ack_timeout` or before the
    /// connection was lost; volatile ones are not. 0: none is sent again. Each asks for an acknowledgement then, which
    /// the server's handlers must give, and they may see an event more than once. Those that wait count as others that
    /// wait to be sent.
    std::uint32_t retries = 0;
    /// Events under way at a time where there are `retries`. One keeps the order whatever is lost; with more of them
    /// one that is sent again may come behind those that followed it. At least one.
    std::size_t retries_window = 1;

    /// Whether the cookies that the server sets in its answers to polls are sent with the further requests of the same
    /// session, its WebSocket too: what load balancers with sticky sessions ask for. They end with the session.
    bool with_credentials = false;
    std::size_t cookies_max = 64;          ///< that are kept of one session; further ones are not
    std::size_t cookie_bytes_max = 4'096;  ///< of the name and value of one; a longer one is not kept

    /// Of the Engine.IO protocol that the server speaks: 4 for Socket.IO 3 and 4, or 3 for servers of Socket.IO 1
    /// and 2. Those know no `auth`: for a namespace other than "/" its members are sent as the query of that, which is
    /// what such servers read instead, and for "/" there is `query`. They are pinged by the client, so `on_ping` is not
    /// told, and `recovered()` is never true.
    int engineio_revision = 4;

    /// What the server sends into a namespace before it has let the client in: further events are dropped, and told to
    /// `on_error`.
    std::size_t missed_packets_max = 100'000;
    std::size_t missed_bytes_max = 64'000'000;
};

}  // namespace parley
