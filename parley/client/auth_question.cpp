// SPDX-License-Identifier: MIT
// What a client says about itself when it joins a namespace, and how long that is waited for.
#include "parley/client/auth_question.hpp"

#include <memory>
#include <string>
#include <utility>

#include "parley/client/client_core.hpp"
#include "parley/client/options.hpp"
#include "parley/http/query.hpp"
#include "parley/socketio/packet.hpp"

namespace parley {

Done AuthAnswer::operator()(Json auth) const {
    if (!question_) return Done(false);
    const Reference<client::SocketCore>& socket = question_->socket();
    const std::uint64_t attempt = question_->attempt();
    if (socket->is_here()) return Done(socket->receive_auth(attempt, auth));
    return Done(socket->has_client() && socket->gate().post([socket, attempt, auth = std::move(auth)] {
        socket->receive_auth(attempt, auth);
    }));
}

}  // namespace parley

namespace parley::client {

void retain(AuthQuestion* question) noexcept {
    question->add_reference();
}

void release(AuthQuestion* question) noexcept {
    if (question->remove_reference()) delete question;
}

void SocketCore::join() {
    if (client_ == nullptr || stage_ != Stage::waiting) return;
    set_stage(Stage::joining);
    const Reference<SocketCore> self(this);
    if (client_->is_old() && nsp_ == "/") return enter_old_main_namespace();
    ClientAuth& auth = client_->options().auth;
    if (auth.is_asynchronous()) return ask_for_auth(auth);
    Json value;
    client_->contain("auth", [&] {
        const net::CallFrame frame(gate(), lender());
        value = auth.get();
    });
    if (client_ != nullptr && stage_ == Stage::joining) send_connect(value);
}

void SocketCore::ask_for_auth(ClientAuth& auth) {
    auth_attempt_ = ++auth_attempts_;
    if (!auth_timer_) {
        auth_timer_ = std::make_unique<net::Timer>(client_->loop(), [this] { cancel_auth(); });
    }
    auth_timer_->start(client_->options().timeout);
    const AuthAnswer answer(Reference<AuthQuestion>(new AuthQuestion(*this, auth_attempt_)));
    client_->contain("auth", [&] {
        const net::CallFrame frame(gate(), lender());
        auth.ask(answer);
    });
}

bool SocketCore::receive_auth(std::uint64_t attempt, const Json& auth) {
    if (client_ == nullptr || stage_ != Stage::joining || auth_attempt_ != attempt) return false;
    forget_auth();
    send_connect(auth);
    return true;
}

void SocketCore::forget_auth() noexcept {
    auth_attempt_ = 0;
    if (auth_timer_) auth_timer_->stop();
}

void SocketCore::cancel_auth() {
    const Reference<SocketCore> self(this);
    ConnectError error;
    error.message = "timeout";
    error.description = "The program's auth function gave no value in time.";
    set_stage(Stage::idle);
    announce_error(error);
    if (client_ != nullptr && stage_ == Stage::idle) client_->handle_left();
}

// Such a server answers no CONNECT of "/" that comes behind the first one, which it has sent by itself.
void SocketCore::enter_old_main_namespace() {
    const ClientCore::MainNamespace state = client_->take_main_namespace();
    if (state == ClientCore::MainNamespace::awaited) return;
    if (state == ClientCore::MainNamespace::taken) send_old_connect(Json());
    auth_attempt_ = ++auth_attempts_;
    gate().post([self = Reference<SocketCore>(this), attempt = auth_attempt_] {
        const bool is_awaited = self->client_ != nullptr && self->auth_attempt_ == attempt;
        if (is_awaited) self->handle_joined(std::string(self->client_->session_id()), false);
    });
}

void SocketCore::send_old_connect(const Json& auth) {
    std::string name = nsp_;
    char separator = '?';
    for (const JsonMember& member : auth.members()) {
        name += std::exchange(separator, '&');
        http::append_percent_encoded(name, member.key);
        name += '=';
        const std::optional<std::string_view> text = member.value.as_string();
        http::append_percent_encoded(name, text ? std::string(*text) : to_json(member.value));
    }
    std::string packet;
    socketio::append_packet(packet, {.type = socketio::PacketType::connect, .namespace_name = name});
    client_->send(packet);
}

void SocketCore::send_connect(const Json& auth) {
    if (client_->is_old()) return send_old_connect(auth);
    Json payload = Json::object();
    if (!recovery_id_.empty()) {
        payload.set("pid", recovery_id_);
        if (!offset_.empty()) payload.set("offset", offset_);
    }
    for (const JsonMember& member : auth.members())
        payload.set(member.key, member.value);
    std::string text;
    const std::string json = payload.size() > 0 ? to_json(payload) : std::string();
    socketio::append_packet(text, {.type = socketio::PacketType::connect, .namespace_name = nsp_, .data = json});
    client_->send(text);
}

}  // namespace parley::client
