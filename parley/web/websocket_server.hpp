// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/function.hpp"
#include "parley/base/time_of.hpp"
#include "parley/web/application.hpp"
#include "parley/web/websocket.hpp"
#include "parley/websocket/deflate_options.hpp"
#include "parley/websocket/limits.hpp"

namespace parley {

namespace web {
class WebSocketServerState;
}  // namespace web

/// The options of a raw WebSocket server. What cannot be throws SetupError.
struct WebSocketServerOptions {
    std::size_t message_bytes_max = 1'000'000;     ///< of one message from a peer; more is closed with 1009
    std::size_t outbound_bytes_max = 1024 * 1024;  ///< that may wait for a slow peer; more is closed with 1008
    /// That one turn may say before they count as those behind it do; its first message is free.
    std::size_t turn_bytes_max = 64 * 1024 * 1024;
    Milliseconds ping_interval{25'000};  ///< silence after which a peer is pinged; zero: never
    Milliseconds ping_timeout{20'000};   ///< further silence after which it is cut off
    Milliseconds stall_timeout{15'000};  ///< after which a peer that takes nothing of what waits is cut
    WebSocketLimits limits = {};         ///< frames, their pace, and the goodbye
    /// Compression of messages (RFC 7692), off: `{}` turns it on, and `{.threshold = 4'096}` with another threshold.
    PerMessageDeflate per_message_deflate = {.enabled = false};
    /// Of web pages that may connect beside our own, as in `https://example.com`; empty: all. One that no browser sends
    /// throws SetupError.
    std::vector<std::string> origins = {};
    std::vector<std::string> subprotocols = {};  ///< that the program speaks; of the peer's list the first that is here
};

/// What `WebSocketServer::verify` decides: true lets a request in, false answers 401, and `refuse` answers what it
/// says.
class WebSocketVerdict {
 public:
    /// Of a bool and nothing else, so that no status is taken for true.
    template <std::same_as<bool> T>
    WebSocketVerdict(T is_accepted) : status_(is_accepted ? 0 : 401) {}
    /// An HTTP status, 400 to 599, and a text for people; its phrase without one.
    static WebSocketVerdict refuse(int status, TextView text = {}) {
        WebSocketVerdict verdict(false);
        verdict.status_ = status;
        verdict.text_ = text;
        return verdict;
    }

    [[nodiscard]] bool is_accepted() const { return status_ == 0; }
    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] const std::string& text() const { return text_; }

 private:
    int status_;
    std::string text_;
};

/// A WebSocket server, alone on a port or on a path of an application. RFC 6455.
///
/// Each kind of handler is there once: another one replaces it, an empty function takes it away.
/// Handlers run on the application's thread. One that throws is reported to `on_error`; its connection goes on. Members
/// belong to that thread, or before `run()`, as those of an `Application`; `broadcast` and what is the application's to
/// any.
class WebSocketServer {
 public:
    /// Alone: `listen` and `run` it. Any path is accepted; requests that are no WebSocket are answered 426.
    explicit WebSocketServer(WebSocketServerOptions options = {});
    /// On a path of an application, whose other requests are not touched. Either may be destroyed first.
    ///
    /// The path is literal, without parameters: read the query (`request.query("room")`), which does not count. A
    /// trailing slash does not matter. Throws SetupError for what is no such path, and for one that is taken.
    WebSocketServer(Application& application, TextView path, WebSocketServerOptions options = {});
    WebSocketServer(const WebSocketServer&) = delete;
    WebSocketServer& operator=(const WebSocketServer&) = delete;
    /// Cuts all connections.
    ~WebSocketServer();

    /// Decides whether a request, whose handshake is right, may become a WebSocket: `handler` returns a bool, or a
    /// `WebSocketVerdict` with a status of its own. One that throws is answered 500.
    template <typename Handler>
    void verify(Handler&& handler) {
        constexpr bool is_one = std::is_invocable_r_v<WebSocketVerdict, std::decay_t<Handler>&, const Request&>;
        static_assert(is_one,
                      "parley: a verify handler takes (const Request&) and returns a bool or a WebSocketVerdict");
        if constexpr (is_one) set_verifier(std::forward<Handler>(handler));
    }
    /// Greets a new connection. Takes `(WebSocket)` or `(WebSocket, const Request&)`; the request has the headers.
    /// A `WebSocket& socket` stays valid for whatever a handler hands over to be called later (handlers, timers,
    /// posts): that may capture it by `[&]`. A `WebSocket socket` ends with the call and is to be captured by value.
    template <typename Handler>
    void on_connection(Handler&& handler);
    /// Handles messages. Takes `(WebSocket, WebSocketMessage)`, `(WebSocket, std::string_view)` or `(WebSocket,
    /// std::string)`. Only the first says whether it is text or binary; `socket.send(message)` keeps that.
    template <typename Handler>
    void on_message(Handler&& handler);
    /// Handles the end of a connection. Takes `(WebSocket, int code, std::string_view reason)`, a part of it from the
    /// left, or nothing. The code is 1005 if the peer gave none and 1006 if it said no goodbye.
    template <typename Handler>
    void on_close(Handler&& handler);
    /// Calls `handler` for every user's function that threw, as `Application::on_error`.
    void on_error(Function<void(const HandlerFailure&)> handler);

    /// Sends one message to every connection; it is encoded once, and compressed once for those without context
    /// takeover. Any thread. False, and nothing is sent, for text that
    /// is not UTF-8 (RFC 6455 §5.6), which is reported to `on_error`.
    Done broadcast(TextView text, WebSocketSendOptions options = {});
    /// Sends one binary message to every connection; see `WebSocket::send_binary`.
    void broadcast_binary(OctetsView octets, WebSocketSendOptions options = {});
    /// How many connections there are.
    [[nodiscard]] std::size_t size() const;
    /// Calls `visit` for each connection.
    void for_each(Function<void(const WebSocket&)> visit) const;

    /// The application underneath, to which routes may be added.
    [[nodiscard]] Application& application();
    // What follows is the application's. When it has gone it does nothing: `port` is 0; `listen`, `run` and
    // `application` throw SetupError.
    void listen(int port);
    void listen(const ListenOptions& options);
    Result<void> try_listen(const ListenOptions& options);
    [[nodiscard]] int port() const;
    int run(const RunOptions& options = {});
    void stop();
    void post(Function<void()> function);
    ScheduledCall after(Delay delay, Function<void()> function);
    ScheduledCall every(Delay interval, Function<void()> function);

 private:
    void set_verifier(Function<WebSocketVerdict(const Request&)> handler);
    void set_connection_handler(Function<void(WebSocket&, const Request&)> handler);
    void set_message_handler(Function<void(WebSocket&, WebSocketMessage)> handler);
    void set_close_handler(Function<void(WebSocket&, std::uint16_t, std::string_view)> handler);

    web::WebSocketServerState* state_;
};

template <typename Handler>
void WebSocketServer::on_connection(Handler&& handler) {
    using Callable = std::decay_t<Handler>;
    if constexpr (std::is_invocable_v<Callable&, WebSocket&, const Request&>) {
        set_connection_handler(std::forward<Handler>(handler));
    } else if constexpr (std::is_invocable_v<Callable&, WebSocket&>) {
        if (is_empty_function<Callable>(handler)) return set_connection_handler(nullptr);
        set_connection_handler([handler = Callable(std::forward<Handler>(handler))](
                                   WebSocket& socket, const Request&) mutable { call_for_effect(handler, socket); });
    } else {
        static_assert(std::is_invocable_v<Callable&, WebSocket&>,
                      "parley: a connection handler takes (WebSocket) or (WebSocket, const Request&)");
    }
}

template <typename Handler>
void WebSocketServer::on_message(Handler&& handler) {
    using Callable = std::decay_t<Handler>;
    static_assert(web::TakesMessage<Callable, WebSocket>,
                  "parley: a message handler takes (WebSocket, WebSocketMessage), (WebSocket, std::string_view) or "
                  "(WebSocket, std::string)");
    if constexpr (web::TakesMessage<Callable, WebSocket>) {
        if (is_empty_function<Callable>(handler)) return set_message_handler(nullptr);
        set_message_handler(
            [handler = Callable(std::forward<Handler>(handler))](WebSocket& socket, WebSocketMessage message) mutable {
                web::call_with_message(handler, message, socket);
            });
    }
}

template <typename Handler>
void WebSocketServer::on_close(Handler&& handler) {
    using Callable = std::decay_t<Handler>;
    static_assert(
        web::TakesEnd<Callable, WebSocket>,
        "parley: a close handler takes (WebSocket, int code, std::string_view reason), (WebSocket, int code), "
        "(WebSocket) or nothing");
    if constexpr (web::TakesEnd<Callable, WebSocket>) {
        if (is_empty_function<Callable>(handler)) return set_close_handler(nullptr);
        set_close_handler([handler = Callable(std::forward<Handler>(handler))](WebSocket& socket, std::uint16_t code,
                                                                               std::string_view reason) mutable {
            web::call_with_end(handler, code, reason, socket);
        });
    }
}

}  // namespace parley
