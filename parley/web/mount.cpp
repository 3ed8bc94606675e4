// SPDX-License-Identifier: MIT
#include "parley/web/mount.hpp"

#include <utility>

#include "parley/web/application_state.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/http_connection.hpp"

namespace parley::web {

UpgradeHandler::~UpgradeHandler() {
    if (home_ != nullptr) home_->remove(*this);
}

void Mount::handle_too_large(Request&, Response response) {
    response.send_status(413);
}

bool Upgrade::check() {
    Exchange::check_thread(response_, "Upgrade::check()");
    if (!is_open()) return false;
    if (Exchange::of(response_).is_streaming()) {
        response_.send("");  // which is too late: `on_error` is told so
        return false;
    }
    if (handshake_) return true;  // a wrong one was answered at once
    handshake_ = websocket::check_handshake(Exchange::of(response_).head());
    if (handshake_->accepted()) return true;
    handshake_->for_each_header([&](std::string_view name, std::string_view value) { response_.set(name, value); });
    refuse(handshake_->status, "text/plain; charset=utf-8", handshake_->reason);
    return false;
}

std::string_view Upgrade::choose_subprotocol(std::span<const std::string> supported) {
    Exchange::check_thread(response_, "Upgrade::choose_subprotocol()");
    if (!is_open() || !handshake_) return {};
    const std::string_view chosen = websocket::choose_subprotocol(Exchange::of(response_).head(), supported);
    handshake_->subprotocol = chosen;
    return chosen;
}

WebSocketConnection* Upgrade::accept(SharedWebSocketOptions options, WebSocketListener& listener) {
    Exchange::check_thread(response_, "Upgrade::accept()");
    if (!check()) return nullptr;
    Exchange& exchange = Exchange::of(response_);
    std::unique_ptr<websocket::DeflateExtension> deflate = agree_on_deflate(options->deflate.get());
    handshake_->for_each_header(
        [&](std::string_view name, std::string_view value) { exchange.answer.fields.set(name, value); });
    exchange.answer.status = handshake_->status;
    exchange.answer.framing.upgrade = "websocket";
    WebSocketConnection* const connection =
        exchange.connection()->upgrade(exchange.answer, std::move(options), listener);
    if (connection != nullptr) connection->use_deflate(std::move(deflate));
    return connection;
}

std::unique_ptr<websocket::DeflateExtension> Upgrade::agree_on_deflate(websocket::DeflatePool* pool) {
    if (pool == nullptr) return nullptr;
    std::optional<websocket::DeflateAgreement> agreement =
        websocket::choose_deflate(Exchange::of(response_).head(), pool->options(), pool->contexts());
    if (!agreement) return nullptr;
    handshake_->extensions = std::move(agreement->answer);
    return std::make_unique<websocket::DeflateExtension>(*pool, agreement->parameters,
                                                         websocket::DeflateExtension::Role::server);
}

void Upgrade::refuse(int status, std::string_view content_type, std::string_view body) {
    Exchange::check_thread(response_, "Upgrade::refuse()");
    response_.status(status).set("Content-Type", content_type).send(body);
}

}  // namespace parley::web
