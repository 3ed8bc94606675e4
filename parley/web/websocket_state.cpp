// SPDX-License-Identifier: MIT
#include "parley/web/websocket_state.hpp"

#include <utility>

#include "parley/web/websocket_server_state.hpp"

namespace parley {

WebSocket::WebSocket(web::WebSocketState& state) noexcept : state_(&state) {
    state_->retain();
}

// There is no moving from a handle: one without a connection would be a trap.
WebSocket::WebSocket(const WebSocket& other) noexcept : WebSocket(*other.state_) {}

WebSocket& WebSocket::operator=(WebSocket other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

WebSocket::~WebSocket() {
    state_->release();
}

bool WebSocket::send(std::string_view text) const {
    return state_->send(text, false);
}

bool WebSocket::send_binary(BytesView bytes) const {
    return state_->send(as_chars(bytes), true);
}

bool WebSocket::ping(std::string_view payload) const {
    return state_->ping(payload);
}

void WebSocket::close(std::uint16_t code, std::string_view reason) const {
    state_->close(code, reason);
}

void WebSocket::terminate() const {
    state_->terminate();
}

bool WebSocket::is_open() const {
    return state_->is_open();
}

std::size_t WebSocket::buffered_bytes() const {
    const web::WebSocketConnection* const connection = state_->connection();
    return connection != nullptr ? connection->buffered_bytes() : 0;
}

std::uint64_t WebSocket::id() const {
    return state_->id;
}

const std::string& WebSocket::url() const {
    return state_->url;
}

const std::string& WebSocket::remote_address() const {
    return state_->remote_address;
}

const std::string& WebSocket::subprotocol() const {
    return state_->subprotocol;
}

void WebSocket::set_message_handler(Function<void(WebSocketMessage)> handler) const {
    state_->set_message_handler(std::move(handler));
}

void WebSocket::set_close_handler(Function<void(std::uint16_t, std::string_view)> handler) const {
    state_->set_close_handler(std::move(handler));
}

namespace web {

WebSocketState::WebSocketState(WebSocketServerState& server, const Request& request, std::uint64_t its_id,
                               std::string its_subprotocol)
    : id(its_id),
      url(request.url()),
      remote_address(request.remote_address()),
      subprotocol(std::move(its_subprotocol)),
      gate_(server.gate()),
      options_(server.connection_options()),
      server_(&server) {}

void WebSocketState::attach(WebSocketConnection& connection) {
    connection_ = &connection;
    retain();  // the connection's own, until on_closed
    is_open_.store(true, std::memory_order_release);
}

// Any thread. Each does its work at once on the loop's thread, and posts itself from any other.

template <typename Work>
bool WebSocketState::post(Work&& work) {
    return is_open() && gate_->post(std::forward<Work>(work));
}

bool WebSocketState::send(std::string_view data, bool is_binary) {
    if (!gate_->is_here()) {
        return post([socket = handle(), copy = std::string(data), is_binary] { of(socket).send(copy, is_binary); });
    }
    if (connection_ == nullptr) return false;
    const bool sent = is_binary ? connection_->send_binary(data) : connection_->send_text(data);
    if (!connection_->is_open()) is_open_.store(false, std::memory_order_release);
    return sent;
}

bool WebSocketState::ping(std::string_view payload) {
    if (!gate_->is_here()) return post([socket = handle(), copy = std::string(payload)] { of(socket).ping(copy); });
    return connection_ != nullptr && connection_->ping(payload);
}

void WebSocketState::close(std::uint16_t code, std::string_view reason) {
    if (!gate_->is_here()) {
        post([socket = handle(), copy = std::string(reason), code] { of(socket).close(code, copy); });
        return;
    }
    is_open_.store(false, std::memory_order_release);
    if (connection_ != nullptr) connection_->close(code, reason);
}

void WebSocketState::terminate() {
    if (!gate_->is_here()) {
        post([socket = handle()] { of(socket).terminate(); });
        return;
    }
    is_open_.store(false, std::memory_order_release);
    if (connection_ != nullptr) connection_->terminate();
}

// The loop's thread.

WebSocketState::Handlers& WebSocketState::handlers() {
    if (handlers_ == nullptr) handlers_ = std::make_unique<Handlers>();
    return *handlers_;
}

void WebSocketState::set_message_handler(Function<void(WebSocketMessage)> handler) {
    if (connection_ != nullptr) handlers().on_message = std::move(handler);
}

void WebSocketState::set_close_handler(Function<void(std::uint16_t, std::string_view)> handler) {
    if (connection_ != nullptr) handlers().on_close = std::move(handler);
}

void WebSocketState::on_message(websocket::Message message) {
    if (server_ == nullptr) return;
    const WebSocketMessage received{.data = message.data, .is_binary = message.is_binary};
    WebSocket socket = handle();
    if (handlers_ == nullptr || !handlers_->on_message) {
        if (server_->on_message) server_->contain("on_message", [&] { server_->on_message(socket, received); });
        return;
    }
    // The handler may replace itself: it is moved out of its own way while it runs.
    Function<void(WebSocketMessage)> handler = std::exchange(handlers_->on_message, nullptr);
    server_->contain("WebSocket::on_message", [&] { handler(received); });
    if (handlers_ != nullptr && !handlers_->on_message) handlers_->on_message = std::move(handler);
}

void WebSocketState::on_closed(std::uint16_t code, std::string_view reason, WebSocketCloseCause) {
    is_open_.store(false, std::memory_order_release);
    connection_ = nullptr;
    tell_closed(code, reason);
    release();  // for the connection; may be the end of this
}

void WebSocketState::tell_closed(std::uint16_t code, std::string_view reason) {
    WebSocket socket = handle();
    const std::unique_ptr<Handlers> handlers = std::move(handlers_);
    if (server_ == nullptr) return;
    WebSocketServerState& server = *server_;
    server.forget(*this);
    if (handlers != nullptr && handlers->on_close)
        server.contain("WebSocket::on_close", [&] { handlers->on_close(code, reason); });
    if (server.on_close) server.contain("on_close", [&] { server.on_close(socket, code, reason); });
}

}  // namespace web
}  // namespace parley
