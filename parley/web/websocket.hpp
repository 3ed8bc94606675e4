// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/base/bytes.hpp"
#include "parley/base/done.hpp"
#include "parley/base/function.hpp"
#include "parley/base/state_type.hpp"
#include "parley/json/json.hpp"
#include "parley/websocket/message_handler.hpp"

namespace parley {

namespace web {
class WebSocketServerState;
class WebSocketState;
}  // namespace web

/// One connected WebSocket: a small handle to copy anywhere, to compare, and to keep in maps and sets.
///
/// It cannot dangle: after the connection has closed, the senders return false and do nothing. Any thread may send and
/// close: from another thread than the application's the work is posted, and true says only that it was.
class WebSocket {
 public:
    /// No connection at all: as one that has closed, with the id 0.
    WebSocket() = default;
    /// Moving one copies it, and assigning to the `WebSocket&` that a handler is lent does nothing: it stays what it
    /// is.
    WebSocket(const WebSocket& other) noexcept;
    WebSocket& operator=(WebSocket other) noexcept;
    ~WebSocket();

    /// Sends one text message. Leaves at the end of this turn of the loop. False, and nothing is sent, when the
    /// connection has closed, and for text that is not UTF-8, which would end the connection (RFC 6455 §5.6) and is
    /// reported to `on_error`.
    Done send(TextView text, WebSocketSendOptions options = {}) const;
    /// Sends a message as it came, text or binary.
    Done send(const WebSocketMessage& message, WebSocketSendOptions options = {}) const;
    /// Sends one binary message: `Bytes`, a span, a vector or an array of octets (all of it), a string, a literal.
    Done send_binary(OctetsView octets, WebSocketSendOptions options = {}) const;
    /// Sends a ping of at most 125 bytes; the pong is not reported.
    Done ping(TextView payload = {}) const;
    /// Begins the closing handshake. Code 1000 and 3000 to 4999 are the program's; one that cannot be sent becomes 1000
    /// without a reason. The reason is cut to 123 bytes, and left out if it is not UTF-8.
    void close(std::uint16_t code = 1000, TextView reason = {}) const;
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
    /// Whatever the program wants to remember about this connection, as long as there is a handle. Of the application's
    /// thread only.
    [[nodiscard]] Json& data() const;
    /// The same as an object of the program's own type, one of each: `socket.state<Player>().score += 1`. Made by its
    /// default constructor when it is first asked for; destroyed when the end of the connection has been told, but not
    /// while anything is still to be called that the connection's handlers handed over. Asked for later, it is a new
    /// one each time.
    template <typename T>
    [[nodiscard]] T& state() const {
        void* const found = find_state(state_type<T>);
        return found != nullptr ? *static_cast<T*>(found) : nobodys_state<T>();
    }

    /// Handles the messages of this connection, instead of the server's handler. It takes `(WebSocketMessage)`,
    /// `(std::string_view)` or `(std::string)`, and may take the `WebSocket` before that. Of the application's thread
    /// only, as `on_close`.
    template <typename Handler>
    void on_message(Handler&& handler) const;
    /// Handles the end of this connection, beside the server's handler. It takes `(int code, std::string_view reason)`,
    /// `(int code)` or nothing, and may take the `WebSocket` before that.
    template <typename Handler>
    void on_close(Handler&& handler) const;

    /// Whether there is, or was, a connection.
    explicit operator bool() const noexcept { return state_ != nullptr; }
    friend bool operator==(const WebSocket& a, const WebSocket& b) noexcept { return a.state_ == b.state_; }

 private:
    friend struct std::hash<WebSocket>;
    friend class web::WebSocketServerState;
    friend class web::WebSocketState;
    explicit WebSocket(web::WebSocketState& state) noexcept;
    [[nodiscard]] void* find_state(const StateType& type) const;
    void set_message_handler(Function<void(WebSocket&, WebSocketMessage)> handler) const;
    void set_close_handler(Function<void(WebSocket&, std::uint16_t, std::string_view)> handler) const;

    web::WebSocketState* state_ = nullptr;
};

namespace web {

using websocket::call_with_end;
using websocket::call_with_message;
using websocket::TakesEnd;
using websocket::TakesMessage;

// Handlers of one connection, which may leave it out.
template <typename F>
concept TakesOwnMessage = TakesMessage<F> || TakesMessage<F, WebSocket>;
template <typename F>
concept TakesOwnEnd = TakesEnd<F> || TakesEnd<F, WebSocket>;

}  // namespace web

template <typename Handler>
void WebSocket::on_message(Handler&& handler) const {
    using Callable = std::decay_t<Handler>;
    static_assert(web::TakesOwnMessage<Callable>,
                  "parley: a message handler of a WebSocket takes (WebSocketMessage), (std::string_view) or "
                  "(std::string), or a WebSocket before that");
    if constexpr (web::TakesOwnMessage<Callable>) {
        if (is_empty_function<Callable>(handler)) return set_message_handler(nullptr);
        set_message_handler(
            [handler = Callable(std::forward<Handler>(handler))](WebSocket& socket, WebSocketMessage message) mutable {
                if constexpr (web::TakesMessage<Callable>) {
                    web::call_with_message(handler, message);
                } else {
                    web::call_with_message(handler, message, socket);
                }
            });
    }
}

template <typename Handler>
void WebSocket::on_close(Handler&& handler) const {
    using Callable = std::decay_t<Handler>;
    static_assert(web::TakesOwnEnd<Callable>,
                  "parley: a close handler of a WebSocket takes (int code, std::string_view reason), (int code) or "
                  "nothing, or a WebSocket before that");
    if constexpr (web::TakesOwnEnd<Callable>) {
        if (is_empty_function<Callable>(handler)) return set_close_handler(nullptr);
        set_close_handler([handler = Callable(std::forward<Handler>(handler))](WebSocket& socket, std::uint16_t code,
                                                                               std::string_view reason) mutable {
            if constexpr (web::TakesEnd<Callable>) {
                web::call_with_end(handler, code, reason);
            } else {
                web::call_with_end(handler, code, reason, socket);
            }
        });
    }
}

}  // namespace parley

template <>
struct std::hash<parley::WebSocket> {
    std::size_t operator()(const parley::WebSocket& socket) const noexcept {
        return std::hash<const void*>()(socket.state_);
    }
};
