// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/base/done.hpp"
#include "parley/base/function.hpp"
#include "parley/base/octets.hpp"
#include "parley/base/time_of.hpp"
#include "parley/client/connect_error.hpp"
#include "parley/client/dial_options.hpp"
#include "parley/client/http_message.hpp"
#include "parley/client/loop_of.hpp"
#include "parley/client/options.hpp"
#include "parley/websocket/message_handler.hpp"

namespace parley {

namespace task {
struct Home;
}
namespace client {
class WebSocketCore;
template <typename Core>
class Runner;
}  // namespace client

/// Everything about a WebSocket client that can be chosen.
struct WebSocketClientOptions {
    std::vector<std::string> subprotocols = {};  ///< one of them must be chosen by the server
    std::vector<HttpHeader> headers = {};        ///< of the handshake
    client::DialOptions dial = {};               ///< how the server is reached: proxies
    Milliseconds open_timeout{20'000};           ///< from the look-up of the name to the end of the handshake
    Milliseconds close_timeout{5'000};           ///< for the server's answer to a Close frame

    bool reconnection = false;                   ///< whether a connection that ends is made again
    Milliseconds reconnection_delay{1'000};      ///< before the first attempt, doubled with each further one
    Milliseconds reconnection_delay_max{5'000};  ///< at most
    double randomization_factor = 0.5;           ///< the part of each delay that chance may take away: 0 to 1

    /// Compression of messages (RFC 7692), off: `{}` offers it.
    PerMessageDeflate per_message_deflate = {.enabled = false};
    std::size_t message_bytes_max = 100'000'000;     ///< of one message of the server [1009]
    std::size_t send_buffer_bytes_max = 64'000'000;  ///< octets that wait: beyond, nothing is sent
};

/// A WebSocket connection to a server (RFC 6455), without Socket.IO.
///
///     parley::WebSocketClient client("ws://localhost:8080");
///     client.on_open([&] { client.send("hello"); });
///     client.on_message([](std::string_view text) { show(text); });
///     return client.run();
///
/// Register handlers first, then let it run: `run()` on this thread, `connect()` on one of its own, or `poll()` again
/// and again; see `Client`, whose rules for threads and for destroying these are. Any thread may send and close.
class WebSocketClient {
 public:
    /// `url` is ws://, wss://, http:// or https://. Nothing is sent yet. Throws SetupError for a URL or options that
    /// cannot be.
    explicit WebSocketClient(TextView url, WebSocketClientOptions options = {});
    /// The same on the loop of an `Application` or a `Server`, as a `Client`: `connect()` begins.
    template <client::HasLoop Host>
    WebSocketClient(Host& host, TextView url, WebSocketClientOptions options = {})
        : WebSocketClient(client::loop_of(host), url, std::move(options)) {}
    /// For libraries and tests: on a loop that somebody else owns and runs.
    WebSocketClient(net::Loop& loop, TextView url, WebSocketClientOptions options = {});
    ~WebSocketClient();
    WebSocketClient(const WebSocketClient&) = delete;
    WebSocketClient& operator=(const WebSocketClient&) = delete;

    /// Connects, on a thread of the client's own unless `run()` or `poll()` have been called. Handlers then run there.
    void connect();
    /// Connects, and handles what happens on this thread, until the connection has ended for good or `stop()` is
    /// called. Returns 0.
    int run();
    /// Connects if that was not begun, and handles what has happened by now, or happens within `patience`. False: the
    /// connection has ended for good.
    bool poll(Milliseconds patience = Milliseconds(0));
    /// Any thread: makes `run()` return soon. The connection stays.
    void stop();

    /// Sends one text message. False, and nothing is sent: the connection is not open, the text is not UTF-8 (which
    /// would end the connection, RFC 6455 §5.6), or too much waits. From another thread than the client's it is posted,
    /// and true says only that.
    Done send(TextView text, WebSocketSendOptions options = {});
    /// Sends one binary message.
    Done send_binary(OctetsView octets, WebSocketSendOptions options = {});
    /// Sends a ping of at most 125 octets; the pong is not reported.
    Done ping(TextView payload = {});
    /// Begins the closing handshake; nothing is tried again. Code 1000 and 3000 to 4999 are the program's; false, and
    /// nothing done, for one that cannot be sent, or a reason that is longer than 123 octets or no UTF-8. Before the
    /// connection is open it is given up, and no handler is called.
    Done close(std::uint16_t code = 1000, TextView reason = {});

    /// For `spawn`: where its tasks run.
    [[nodiscard]] task::Home task_home() const;

    /// Whether messages can be sent. Any thread.
    [[nodiscard]] bool is_open() const;
    /// What the server chose; empty without one. Where handlers run.
    [[nodiscard]] std::string subprotocol() const;

    /// Calls `handler` when messages can be sent.
    void on_open(Function<void()> handler);
    /// Calls `handler` with each message. It takes `(WebSocketMessage)`, `(std::string_view)` or `(std::string)`; what
    /// it is given is valid during the call.
    template <typename Handler>
    void on_message(Handler&& handler) {
        using Callable = std::decay_t<Handler>;
        static_assert(websocket::TakesMessage<Callable>,
                      "parley: a message handler of a WebSocketClient takes (WebSocketMessage), (std::string_view) or "
                      "(std::string)");
        if constexpr (websocket::TakesMessage<Callable>) {
            if (is_empty_function<Callable>(handler)) return set_message_handler(nullptr);
            set_message_handler([handler = Callable(std::forward<Handler>(handler))](WebSocketMessage message) mutable {
                websocket::call_with_message(handler, message);
            });
        }
    }
    /// Calls `handler` when the connection has ended. It takes `(int code, std::string_view reason)`, `(int code)` or
    /// nothing. The code is 1005 if the server gave none and 1006 if it said no goodbye (RFC 6455 §7.1.5).
    template <typename Handler>
    void on_close(Handler&& handler) {
        using Callable = std::decay_t<Handler>;
        static_assert(websocket::TakesEnd<Callable>,
                      "parley: a close handler of a WebSocketClient takes (int code, std::string_view reason), (int "
                      "code) or nothing");
        if constexpr (websocket::TakesEnd<Callable>) {
            if (is_empty_function<Callable>(handler)) return set_close_handler(nullptr);
            set_close_handler([handler = Callable(std::forward<Handler>(handler))](std::uint16_t code,
                                                                                   std::string_view reason) mutable {
                websocket::call_with_end(handler, code, reason);
            });
        }
    }
    /// Calls `handler` when a connection could not be made.
    void on_error(Function<void(const ConnectError&)> handler);

 private:
    void set_message_handler(Function<void(WebSocketMessage)> handler);
    void set_close_handler(Function<void(std::uint16_t, std::string_view)> handler);

    client::Runner<client::WebSocketCore>* runner_;  // its own
};

}  // namespace parley
