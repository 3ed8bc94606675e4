// SPDX-License-Identifier: MIT
#include "parley/web/websocket_server.hpp"

#include <utility>

#include "parley/base/utf8.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/web/application_state.hpp"
#include "parley/web/websocket_server_state.hpp"

namespace parley {

WebSocketServer::WebSocketServer(WebSocketServerOptions options)
    : state_(web::WebSocketServerState::make(std::move(options))) {
    // The connection adds `Upgrade: websocket` to every 426 (RFC 9110 §15.5.22).
    application().set_fallback(web::make_handler([](const Request&, const Response& response) {
        response.status(426).type("txt").set("Sec-WebSocket-Version", "13").send("Upgrade Required");
    }));
}

WebSocketServer::WebSocketServer(Application& application, TextView path, WebSocketServerOptions options)
    : state_(web::WebSocketServerState::make(application, path, std::move(options))) {}

WebSocketServer::~WebSocketServer() {
    web::WebSocketServerState::destroy(state_);
}

void WebSocketServer::set_verifier(Function<WebSocketVerdict(const Request&)> handler) {
    state_->set_handler("WebSocketServer::verify()", &web::WebSocketServerState::verify, std::move(handler));
}

void WebSocketServer::set_connection_handler(Function<void(WebSocket&, const Request&)> handler) {
    state_->set_handler("WebSocketServer::on_connection()", &web::WebSocketServerState::on_connection,
                        std::move(handler));
}

void WebSocketServer::set_message_handler(Function<void(WebSocket&, WebSocketMessage)> handler) {
    state_->set_handler("WebSocketServer::on_message()", &web::WebSocketServerState::on_message, std::move(handler));
}

void WebSocketServer::set_close_handler(Function<void(WebSocket&, std::uint16_t, std::string_view)> handler) {
    state_->set_handler("WebSocketServer::on_close()", &web::WebSocketServerState::on_close, std::move(handler));
}

void WebSocketServer::on_error(Function<void(const HandlerFailure&)> handler) {
    static_cast<void>(state_->is_here("WebSocketServer::on_error()"));
    state_->set_error_hook(std::move(handler));
}

Done WebSocketServer::broadcast(TextView text, WebSocketSendOptions options) {
    const bool is_text = is_valid_utf8(text);
    if (is_text) {
        state_->broadcast(websocket::Opcode::text, text, options);
    } else {
        state_->report("WebSocketServer::broadcast()", web::not_utf8);
    }
    return Done(is_text);
}

void WebSocketServer::broadcast_binary(OctetsView octets, WebSocketSendOptions options) {
    state_->broadcast(websocket::Opcode::binary, as_chars(octets), options);
}

std::size_t WebSocketServer::size() const {
    return state_->size();
}

void WebSocketServer::for_each(Function<void(const WebSocket&)> visit) const {
    if (!state_->is_here("WebSocketServer::for_each()")) return;
    // A copy, because the visitor may do what changes the list.
    const std::vector<WebSocket> sockets = state_->sockets();
    for (const WebSocket& socket : sockets)
        if (visit) visit(socket);
}

Application& WebSocketServer::application() {
    if (!state_->has_application()) throw SetupError(web::application_gone());
    return state_->application();
}

void WebSocketServer::listen(int port) {
    application().listen(port);
}

void WebSocketServer::listen(const ListenOptions& options) {
    application().listen(options);
}

Result<void> WebSocketServer::try_listen(const ListenOptions& options) {
    if (!state_->has_application()) return std::unexpected(web::application_gone());
    return application().try_listen(options);
}

int WebSocketServer::port() const {
    return state_->has_application() ? state_->application().port() : 0;
}

int WebSocketServer::run(const RunOptions& options) {
    return application().run(options);
}

void WebSocketServer::stop() {
    if (state_->has_application()) application().stop();
}

void WebSocketServer::post(Function<void()> function) {
    if (state_->has_application()) application().post(std::move(function));
}

ScheduledCall WebSocketServer::after(Delay delay, Function<void()> function) {
    return state_->has_application() ? application().after(delay, std::move(function)) : ScheduledCall();
}

ScheduledCall WebSocketServer::every(Delay interval, Function<void()> function) {
    return state_->has_application() ? application().every(interval, std::move(function)) : ScheduledCall();
}

}  // namespace parley
