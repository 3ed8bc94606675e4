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

#include "parley/base/bytes.hpp"
#include "parley/base/function.hpp"
#include "parley/web/application.hpp"

namespace parley {

namespace web {
class WebSocketServerState;
class WebSocketState;
}  // namespace web

/// One message as it came: text, which is valid UTF-8, or binary. The view is valid during the handler.
struct WebSocketMessage {
    std::string_view data;
    bool is_binary = false;
};

/// One connected WebSocket: a small handle to copy anywhere.
///
/// It cannot dangle: after the connection has closed, the senders return false and do nothing. Any thread may send and
/// close: from another thread than the application's the work is posted, and true says only that it was.
class WebSocket {
 public:
    WebSocket(const WebSocket& other) noexcept;
    WebSocket& operator=(WebSocket other) noexcept;
    ~WebSocket();

    /// Sends one text message, which must be UTF-8. Leaves at the end of this turn of the loop.
    bool send(std::string_view text) const;
    /// Sends one binary message.
    bool send_binary(BytesView bytes) const;
    /// Sends a ping of at most 125 bytes; the pong is not reported.
    bool ping(std::string_view payload = {}) const;
    /// Begins the closing handshake. Code 1000 and 3000 to 4999 are the program's; one that cannot be sent becomes 1000
    /// without a reason. The reason is cut to 123 bytes, and left out if it is not UTF-8.
    void close(std::uint16_t code = 1000, std::string_view reason = {}) const;
    /// Cuts the connection without a goodbye.
    void terminate() const;

    /// True until the closing began, on whichever side.
    [[nodiscard]] bool is_open() const;
    /// Octets that the peer has not taken yet. Of the application's thread only.
    [[nodiscard]] std::size_t buffered_bytes() const;

    /// A number that no other connection of this server ever has.
    [[nodiscard]] std::uint64_t id() const;
    /// The target of the request that became this WebSocket, as in `/live?room=7`.
    [[nodiscard]] const std::string& url() const;
    /// The address of the other side, as in `127.0.0.1`.
    [[nodiscard]] const std::string& remote_address() const;
    /// The subprotocol that was agreed on; empty without one.
    [[nodiscard]] const std::string& subprotocol() const;

    /// Handles the messages of this connection, instead of the server's handler. It takes `(WebSocketMessage)`,
    /// `(std::string_view)` or `(std::string)`. Of the application's thread only, as `on_close`.
    template <typename Handler>
    void on_message(Handler&& handler) const;
    /// Handles the end of this connection, beside the server's handler. It takes `(code, reason)` or nothing.
    template <typename Handler>
    void on_close(Handler&& handler) const;

    friend bool operator==(const WebSocket& a, const WebSocket& b) noexcept { return a.state_ == b.state_; }

 private:
    friend class web::WebSocketServerState;
    friend class web::WebSocketState;
    explicit WebSocket(web::WebSocketState& state) noexcept;
    void set_message_handler(Function<void(WebSocketMessage)> handler) const;
    void set_close_handler(Function<void(std::uint16_t, std::string_view)> handler) const;

    web::WebSocketState* state_;
};

/// The options of a raw WebSocket server.
struct WebSocketServerOptions {
    std::size_t message_bytes_max = 1'000'000;        ///< of one message from a peer; more is closed with 1009
    std::size_t outbound_bytes_max = 1024 * 1024;     ///< that may wait for a slow peer; more is closed with 1008
    std::chrono::milliseconds ping_interval{25'000};  ///< silence after which a peer is pinged; zero: never
    std::chrono::milliseconds ping_timeout{20'000};   ///< further silence after which it is cut off
    std::vector<std::string> origins =
        {};  ///< of web pages that may connect beside our own, as in `https://example.com`; empty: all
    std::vector<std::string> subprotocols = {};  ///< that the program speaks, best first
};

/// A WebSocket server, alone on a port or on a path of an application. RFC 6455.
///
/// Handlers run on the application's thread. One that throws is reported to `on_error`; its connection goes on.
class WebSocketServer {
 public:
    /// Alone: `listen` and `run` it. Any path is accepted; requests that are no WebSocket are answered 426.
    explicit WebSocketServer(WebSocketServerOptions options = {});
    /// On a path of an application, whose other requests are not touched. Either may be destroyed first.
    WebSocketServer(Application& application, std::string_view path, WebSocketServerOptions options = {});
    WebSocketServer(const WebSocketServer&) = delete;
    WebSocketServer& operator=(const WebSocketServer&) = delete;
    /// Cuts all connections.
    ~WebSocketServer();

    /// Decides whether a request, whose handshake is right, may become a WebSocket: false is answered 401.
    void verify(Function<bool(const Request&)> handler);
    /// Greets a new connection. Takes `(WebSocket)` or `(WebSocket, const Request&)`; the request has the headers.
    template <typename Handler>
    void on_connection(Handler&& handler);
    /// Handles messages. Takes `(WebSocket, WebSocketMessage)`, `(WebSocket, std::string_view)` or `(WebSocket,
    /// std::string)`.
    template <typename Handler>
    void on_message(Handler&& handler);
    /// Handles the end of a connection. Takes `(WebSocket, code, reason)` or `(WebSocket)`. The code is 1005 if the
    /// peer gave none and 1006 if it said no goodbye.
    template <typename Handler>
    void on_close(Handler&& handler);
    /// Calls `handler` for every user's function that threw, as `Application::on_error`.
    void on_error(Function<void(const HandlerFailure&)> handler);

    /// Sends one message to every connection; it is encoded once. Any thread.
    void broadcast(std::string_view text);
    void broadcast_binary(BytesView bytes);
    /// How many connections there are.
    [[nodiscard]] std::size_t size() const;
    /// Calls `visit` for each connection.
    void for_each(Function<void(const WebSocket&)> visit) const;

    /// The application underneath, to which routes may be added.
    [[nodiscard]] Application& application();
    void listen(int port);
    void listen(const ListenOptions& options);
    Result<void> try_listen(const ListenOptions& options);
    [[nodiscard]] int port() const;
    int run(const RunOptions& options = {});
    void stop();

 private:
    void set_connection_handler(Function<void(WebSocket&, const Request&)> handler);
    void set_message_handler(Function<void(WebSocket&, WebSocketMessage)> handler);
    void set_close_handler(Function<void(WebSocket&, std::uint16_t, std::string_view)> handler);

    web::WebSocketServerState* state_;
};

namespace web {

/// Calls a user's message handler with the last argument that it takes: the message, its text as a view, or a copy.
template <typename F, typename... Before>
void call_with_message(F& handler, WebSocketMessage message, Before&... before) {
    if constexpr (std::is_invocable_v<F&, Before&..., WebSocketMessage>) {
        handler(before..., message);
    } else if constexpr (std::is_invocable_v<F&, Before&..., std::string_view>) {
        handler(before..., message.data);
    } else {
        handler(before..., std::string(message.data));
    }
}

// A concept, because its `||` asks no further once it is satisfied: a generic handler is only tried with the message.
template <typename F, typename... Before>
concept TakesMessage =
    std::is_invocable_v<F&, Before&..., WebSocketMessage> || std::is_invocable_v<F&, Before&..., std::string_view> ||
    std::is_invocable_v<F&, Before&..., std::string>;

}  // namespace web

template <typename Handler>
void WebSocket::on_message(Handler&& handler) const {
    using Callable = std::decay_t<Handler>;
    static_assert(
        web::TakesMessage<Callable>,
        "parley: a message handler of a WebSocket takes (WebSocketMessage), (std::string_view) or (std::string)");
    if constexpr (web::TakesMessage<Callable>) {
        set_message_handler([handler = Callable(std::forward<Handler>(handler))](WebSocketMessage message) mutable {
            web::call_with_message(handler, message);
        });
    }
}

template <typename Handler>
void WebSocket::on_close(Handler&& handler) const {
    using Callable = std::decay_t<Handler>;
    if constexpr (std::is_invocable_v<Callable&, std::uint16_t, std::string_view>) {
        set_close_handler(std::forward<Handler>(handler));
    } else if constexpr (std::is_invocable_v<Callable&>) {
        set_close_handler([handler = Callable(std::forward<Handler>(handler))](
                              std::uint16_t, std::string_view) mutable { handler(); });
    } else {
        static_assert(std::is_invocable_v<Callable&>,
                      "parley: a close handler of a WebSocket takes (code, reason) or nothing");
    }
}

template <typename Handler>
void WebSocketServer::on_connection(Handler&& handler) {
    using Callable = std::decay_t<Handler>;
    if constexpr (std::is_invocable_v<Callable&, WebSocket&, const Request&>) {
        set_connection_handler(std::forward<Handler>(handler));
    } else if constexpr (std::is_invocable_v<Callable&, WebSocket&>) {
        set_connection_handler([handler = Callable(std::forward<Handler>(handler))](
                                   WebSocket& socket, const Request&) mutable { handler(socket); });
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
        set_message_handler(
            [handler = Callable(std::forward<Handler>(handler))](WebSocket& socket, WebSocketMessage message) mutable {
                web::call_with_message(handler, message, socket);
            });
    }
}

template <typename Handler>
void WebSocketServer::on_close(Handler&& handler) {
    using Callable = std::decay_t<Handler>;
    if constexpr (std::is_invocable_v<Callable&, WebSocket&, std::uint16_t, std::string_view>) {
        set_close_handler(std::forward<Handler>(handler));
    } else if constexpr (std::is_invocable_v<Callable&, WebSocket&>) {
        set_close_handler([handler = Callable(std::forward<Handler>(handler))](
                              WebSocket& socket, std::uint16_t, std::string_view) mutable { handler(socket); });
    } else {
        static_assert(std::is_invocable_v<Callable&, WebSocket&>,
                      "parley: a close handler takes (WebSocket, code, reason) or (WebSocket)");
    }
}

}  // namespace parley
