// SPDX-License-Identifier: MIT
#include "parley/web/websocket.hpp"

#include <utility>

#include "parley/net/loop_gate.hpp"
#include "parley/web/websocket_state.hpp"

namespace parley {

namespace {

const std::string nothing;

}  // namespace

WebSocket::WebSocket(web::WebSocketState& state) noexcept : state_(&state) {
    state_->retain();
}

WebSocket::WebSocket(const WebSocket& other) noexcept : state_(other.state_) {
    if (state_ != nullptr) state_->retain();
}

WebSocket& WebSocket::operator=(WebSocket other) noexcept {
    const bool is_lent = state_ != nullptr && state_->lends(*this);  // that one is every handler's
    if (!is_lent) std::swap(state_, other.state_);
    return *this;
}

WebSocket::~WebSocket() {
    if (state_ != nullptr) state_->release();
}

Done WebSocket::send(TextView text, WebSocketSendOptions options) const {
    return Done(state_ != nullptr && state_->send_text(text, options));
}

Done WebSocket::send(const WebSocketMessage& message, WebSocketSendOptions options) const {
    return message.is_binary ? send_binary(message.data, options) : send(message.data, options);
}

Done WebSocket::send_binary(OctetsView octets, WebSocketSendOptions options) const {
    return Done(state_ != nullptr && state_->send_binary(as_chars(octets), options));
}

Done WebSocket::ping(TextView payload) const {
    return Done(state_ != nullptr && state_->ping(payload));
}

void WebSocket::close(std::uint16_t code, TextView reason) const {
    if (state_ != nullptr) state_->close(code, reason);
}

void WebSocket::terminate() const {
    if (state_ != nullptr) state_->terminate();
}

bool WebSocket::is_open() const {
    return state_ != nullptr && state_->is_open();
}

std::size_t WebSocket::buffered_bytes() const {
    if (state_ == nullptr || !net::may_call(state_->gate(), "WebSocket::buffered_bytes()")) return 0;
    const web::WebSocketConnection* const connection = state_->connection();
    return connection != nullptr ? connection->buffered_bytes() : 0;
}

std::uint64_t WebSocket::id() const {
    return state_ != nullptr ? state_->id : 0;
}

const std::string& WebSocket::url() const {
    return state_ != nullptr ? state_->url : nothing;
}

const std::string& WebSocket::remote_address() const {
    return state_ != nullptr ? state_->remote_address : nothing;
}

const std::string& WebSocket::subprotocol() const {
    return state_ != nullptr ? state_->subprotocol : nothing;
}

Json& WebSocket::data() const {
    thread_local Json nobodys;
    if (state_ == nullptr) return nobodys = Json();
    net::check_thread(state_->gate(), "WebSocket::data()");
    return state_->data();
}

void* WebSocket::find_state(const StateType& type) const {
    return state_ != nullptr && net::may_call(state_->gate(), "WebSocket::state()") ? state_->state(type) : nullptr;
}

void WebSocket::set_message_handler(Function<void(WebSocket&, WebSocketMessage)> handler) const {
    if (state_ == nullptr) return;
    if (net::may_call(state_->gate(), "WebSocket::on_message()"))
        return state_->set_message_handler(std::move(handler));
    state_->gate().post([socket = *this, handler = std::move(handler)]() mutable {
        socket.state_->set_message_handler(std::move(handler));
    });
}

void WebSocket::set_close_handler(Function<void(WebSocket&, std::uint16_t, std::string_view)> handler) const {
    if (state_ == nullptr) return;
    if (net::may_call(state_->gate(), "WebSocket::on_close()")) return state_->set_close_handler(std::move(handler));
    state_->gate().post([socket = *this, handler = std::move(handler)]() mutable {
        socket.state_->set_close_handler(std::move(handler));
    });
}

}  // namespace parley
