// SPDX-License-Identifier: MIT
#include "parley/client/websocket_client.hpp"

#include "parley/base/bytes.hpp"
#include "parley/base/utf8.hpp"
#include "parley/client/runner.hpp"
#include "parley/client/websocket_core.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/task/home.hpp"
#include "parley/websocket/close_code.hpp"
#include "parley/websocket/close_frame.hpp"

namespace parley {

using client::WebSocketCore;
using SocketRunner = client::Runner<WebSocketCore>;

namespace {

template <typename Signature>
void set_handler(SocketRunner& runner, HandlerSlot<Signature> WebSocketCore::* place, Function<Signature> handler) {
    net::keep(*runner.core().gate(), handler);
    runner.act(
        [place, handler = std::move(handler)](WebSocketCore& core) mutable { core.*place = std::move(handler); });
}

websocket::Compress compress_of(WebSocketSendOptions options) {
    return options.compress ? websocket::Compress::yes : websocket::Compress::no;
}

// Sends now where the client runs, else soon, and then a copy.
template <typename Send>
bool send_octets(SocketRunner& runner, std::string_view octets, Send send) {
    WebSocketCore& core = runner.core();
    if (!core.is_open()) return false;
    if (runner.is_here()) return send(core, octets);
    return core.gate()->post([&core, kept = std::string(octets), send] { send(core, kept); });
}

}  // namespace

WebSocketClient::WebSocketClient(TextView url, WebSocketClientOptions options)
    : runner_(new SocketRunner([&](net::Loop& loop) { return WebSocketCore::make(loop, url, std::move(options)); })) {}

WebSocketClient::WebSocketClient(net::Loop& loop, TextView url, WebSocketClientOptions options)
    : runner_(new SocketRunner(
          loop, [&](net::Loop& its_loop) { return WebSocketCore::make(its_loop, url, std::move(options)); })) {}

WebSocketClient::~WebSocketClient() {
    delete runner_;
}

void WebSocketClient::connect() {
    runner_->start();
}

int WebSocketClient::run() {
    runner_->run();
    return 0;
}

bool WebSocketClient::poll(Milliseconds patience) {
    return runner_->poll(patience);
}

void WebSocketClient::stop() {
    runner_->stop();
}

Done WebSocketClient::send(TextView text, WebSocketSendOptions options) {
    if (!is_valid_utf8(text)) return Done(false);
    return Done(send_octets(*runner_, text, [compress = compress_of(options)](WebSocketCore& core, std::string_view t) {
        return core.send_text(t, compress);
    }));
}

Done WebSocketClient::send_binary(OctetsView octets, WebSocketSendOptions options) {
    return Done(send_octets(*runner_, as_chars(octets),
                            [compress = compress_of(options)](WebSocketCore& core, std::string_view o) {
                                return core.send_binary(o, compress);
                            }));
}

Done WebSocketClient::ping(TextView payload) {
    if (std::string_view(payload).size() > websocket::control_payload_bytes_max) return Done(false);
    return Done(send_octets(*runner_, payload, [](WebSocketCore& core, std::string_view p) { return core.ping(p); }));
}

Done WebSocketClient::close(std::uint16_t code, TextView reason) {
    if (!websocket::detail::can_close_with(static_cast<websocket::CloseCode>(code), reason)) return Done(false);
    runner_->act([code, words = std::string(reason)](WebSocketCore& core) { core.close(code, words); });
    return Done(true);
}

task::Home WebSocketClient::task_home() const {
    return {runner_->core().gate(), [core = &runner_->core()] { core->report_exception("task"); }};
}

bool WebSocketClient::is_open() const {
    return runner_->core().is_open();
}

std::string WebSocketClient::subprotocol() const {
    return runner_->core().subprotocol();
}

void WebSocketClient::on_open(Function<void()> handler) {
    set_handler(*runner_, &WebSocketCore::on_open, std::move(handler));
}

void WebSocketClient::set_message_handler(Function<void(WebSocketMessage)> handler) {
    set_handler(*runner_, &WebSocketCore::on_message, std::move(handler));
}

void WebSocketClient::set_close_handler(Function<void(std::uint16_t, std::string_view)> handler) {
    set_handler(*runner_, &WebSocketCore::on_close, std::move(handler));
}

void WebSocketClient::on_error(Function<void(const ConnectError&)> handler) {
    set_handler(*runner_, &WebSocketCore::on_error, std::move(handler));
}

}  // namespace parley
