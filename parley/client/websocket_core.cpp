// SPDX-License-Identifier: MIT
#include "parley/client/websocket_core.hpp"

#include <utility>

#include "parley/client/client_options.hpp"
#include "parley/net/call_frame.hpp"

namespace parley::client {

Owned<WebSocketCore> WebSocketCore::make(net::Loop& loop, std::string_view url, WebSocketClientOptions options) {
    const http::Url parsed = check_websocket_options(url, options);
    return Owned<WebSocketCore>(new WebSocketCore(loop, parsed, options));
}

WebSocketCore::WebSocketCore(net::Loop& loop, const http::Url& url, const WebSocketClientOptions& options)
    : Ending({loop, std::make_shared<net::LoopGate>(loop)}),
      url_(url),
      options_(link_options(options)),
      reconnection_(options.reconnection),
      backoff_({.delay = options.reconnection_delay,
                .delay_max = options.reconnection_delay_max,
                .randomization = options.randomization_factor}),
      timer_(loop, [this] { connect(); }),
      failures_(loop) {}

void WebSocketCore::abandon() noexcept {
    is_over_ = true;
    is_open_ = false;
    gate()->close();
    timer_.stop();
    link_.reset();
    leaving_.reset();
}

void WebSocketCore::begin() {
    if (is_over_ || link_ != nullptr || timer_.is_running()) return;
    is_closed_by_us_ = false;
    connect();
}

void WebSocketCore::connect() {
    link_ = WebSocketLink::connect(home(), url_, options_, *this);
}

void WebSocketCore::close(std::uint16_t code, std::string_view reason) {
    is_closed_by_us_ = true;
    timer_.stop();
    if (link_ != nullptr && link_->is_open()) return link_->close({static_cast<websocket::CloseCode>(code), reason});
    if (link_ == nullptr || !is_open()) {
        link_.reset();
        tell_if_finished();
    }
}

void WebSocketCore::try_again_or_finish() {
    if (is_over_) return;
    if (reconnection_ && !is_closed_by_us_) return timer_.start(backoff_.next(loop().entropy()));
    tell_if_finished();
}

void WebSocketCore::tell_if_finished() {
    if (is_finished() && on_finished) on_finished();
}

template <typename Call>
void WebSocketCore::contain(std::string_view where, Call&& call) noexcept {
    failures_.contain(*gate(), where, std::forward<Call>(call));
}

void WebSocketCore::on_link_open() {
    is_open_.store(true, std::memory_order_release);
    opened_at_ = loop().now();
    if (on_open) contain("on_open", [&] { on_open(); });
}

void WebSocketCore::on_link_message(websocket::Message message) {
    if (on_message) contain("on_message", [&] { on_message(WebSocketMessage{message.data, message.is_binary}); });
}

void WebSocketCore::on_link_failed(ConnectError error) {
    if (on_error) contain("on_error", [&] { on_error(error); });
    link_.reset();
    try_again_or_finish();
}

void WebSocketCore::on_link_closed(const websocket::Closed& closed) {
    is_open_.store(false, std::memory_order_release);
    backoff_.note_connection(loop().now() - opened_at_);
    if (on_close) contain("on_close", [&] { on_close(static_cast<std::uint16_t>(closed.code), closed.reason); });
    leaving_ = std::move(link_);
    try_again_or_finish();
}

void WebSocketCore::on_link_gone() {
    leaving_.reset();
    if (!is_over_) tell_if_finished();
}

}  // namespace parley::client
