// SPDX-License-Identifier: MIT
#include "parley/web/websocket_state.hpp"

#include <new>
#include <utility>

#include "parley/base/utf8.hpp"
#include "parley/web/websocket_server_state.hpp"

namespace parley::web {

WebSocketState::WebSocketState(WebSocketServerState& server, const Request& request, std::uint64_t its_id,
                               std::string its_subprotocol)
    : id(its_id),
      url(request.url()),
      remote_address(request.remote_address()),
      subprotocol(std::move(its_subprotocol)),
      gate_(server.gate()),
      server_(&server) {
    lasting_handle_.state_ = this;
}

WebSocketState::~WebSocketState() {
    if (lasting_handle_.state_ == this) lasting_handle_.state_ = nullptr;
}

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

bool WebSocketState::send_text(std::string_view text, WebSocketSendOptions options) {
    if (!is_open()) return false;
    if (is_valid_utf8(text)) return send(text, Kind::text, options);
    report_invalid_text();
    return false;
}

void WebSocketState::report_invalid_text() {
    if (!gate_->is_here()) {
        post([socket = handle()] { of(socket).report_invalid_text(); });
    } else if (server_ != nullptr) {
        server_->report("WebSocket::send()", not_utf8);
    }
}

bool WebSocketState::send(std::string_view octets, Kind kind, WebSocketSendOptions options) {
    if (!gate_->is_here()) {
        return post(
            [socket = handle(), copy = std::string(octets), kind, options] { of(socket).send(copy, kind, options); });
    }
    if (connection_ == nullptr) return false;
    const auto compress = options.compress ? websocket::Compress::yes : websocket::Compress::no;
    const bool sent =
        kind == Kind::binary ? connection_->send_binary(octets, compress) : connection_->send_text(octets, compress);
    if (!connection_->is_open()) is_open_.store(false, std::memory_order_release);
    if (sent && server_ != nullptr) server_->tell_observer(&ApplicationObserver::on_websocket_sent, octets.size());
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

Json& WebSocketState::data() {
    return belongings().data;
}

WebSocketState::Belongings& WebSocketState::belongings() {
    if (belongings_ == nullptr) belongings_ = std::make_unique<Belongings>();
    return *belongings_;
}

void WebSocketState::forget_states() noexcept {
    if (belongings_ != nullptr) belongings_->states.clear();
}

WebSocketState::Handlers& WebSocketState::handlers() {
    if (handlers_ == nullptr) handlers_ = std::make_unique<Handlers>();
    return *handlers_;
}

net::Lender WebSocketState::lender() noexcept {
    static constexpr net::Lender::Counting counting{[](void* state) noexcept {
                                                        auto* const socket = static_cast<WebSocketState*>(state);
                                                        socket->retain();
                                                        ++socket->keepers_;
                                                        return true;
                                                    },
                                                    [](void* state) noexcept {
                                                        auto* const socket = static_cast<WebSocketState*>(state);
                                                        if (--socket->keepers_ == 0 && socket->is_over_)
                                                            socket->forget_states();
                                                        socket->release();
                                                    }};
    return {this, &counting};
}

void* WebSocketState::state(const StateType& type) {
    return is_over_ ? nullptr : belongings().states.get(type);
}

// A handler that runs just now may use its state until it returns, so that goes in a later turn, where one comes; but
// with a server that goes away: it may refer to that.
void WebSocketState::end_soon() {
    const bool may_run = server_ != nullptr || gate_->mailbox().call_frame != nullptr;
    if (belongings_ == nullptr || !may_run) return end();
    struct Ending {
        explicit Ending(WebSocketState& state) : ended(&state) { ended->retain(); }
        Ending(Ending&& other) noexcept : ended(std::exchange(other.ended, nullptr)) {}
        ~Ending() {
            if (ended == nullptr) return;
            ended->end();
            ended->release();
        }
        WebSocketState* ended;
    };
    try {
        gate_->mailbox().push([ending = Ending(*this)] {});
    } catch (const std::bad_alloc&) {  // then it has ended already
    }
}

void WebSocketState::end() {
    is_over_ = true;
    if (keepers_ == 0) forget_states();
}

void WebSocketState::set_message_handler(Function<void(WebSocket&, WebSocketMessage)> handler) {
    net::keep(*gate_, handler, this);
    if (connection_ != nullptr) handlers().on_message = std::move(handler);
}

void WebSocketState::set_close_handler(Function<void(WebSocket&, std::uint16_t, std::string_view)> handler) {
    net::keep(*gate_, handler, this);
    if (connection_ != nullptr) handlers().on_close = std::move(handler);
}

// Where another loop has destroyed the server, what ends the connection is on its way.
void WebSocketState::on_message(websocket::Message message) {
    if (server_ == nullptr) return;
    server_->tell_observer(&ApplicationObserver::on_websocket_received, message.data.size());
    const WebSocketMessage received{.data = message.data, .is_binary = message.is_binary};
    const WebSocket kept = handle();
    const net::CallFrame frame(*gate_, lender());
    if (handlers_ == nullptr || !handlers_->on_message) {
        if (server_->on_message)
            server_->contain("on_message", [&] { server_->on_message(lasting_handle_, received); });
        return;
    }
    server_->contain("WebSocket::on_message", [&] { handlers_->on_message(lasting_handle_, received); });
}

void WebSocketState::on_closed(std::uint16_t code, std::string_view reason, WebSocketCloseCause cause) {
    is_open_.store(false, std::memory_order_release);
    if (server_ != nullptr) server_->tell_observer(&ApplicationObserver::on_websocket_closed, cause);
    connection_ = nullptr;
    tell_closed(code, reason);
    end_soon();
    release();  // for the connection; may be the end of this
}

void WebSocketState::tell_closed(std::uint16_t code, std::string_view reason) {
    const WebSocket kept = handle();
    const std::unique_ptr<Handlers> handlers = std::move(handlers_);
    if (server_ == nullptr) return;
    const net::CallFrame frame(*gate_, lender());
    server_->forget(*this);
    if (handlers != nullptr && handlers->on_close)
        server_->contain("WebSocket::on_close", [&] { handlers->on_close(lasting_handle_, code, reason); });
    // The first may have destroyed the server.
    if (server_ != nullptr && server_->on_close)
        server_->contain("on_close", [&] { server_->on_close(lasting_handle_, code, reason); });
}

}  // namespace parley::web
