// SPDX-License-Identifier: MIT
// What a client says about itself when it joins a namespace, and how long that is waited for.
#include "parley/client/auth_question.hpp"

#include <memory>
#include <string>
#include <utility>

#include "parley/client/client_core.hpp"
#include "parley/client/options.hpp"
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
        auth_timer_ = std::make_unique<net::Timer>(client_->loop(), [this] { give_up_auth(); });
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

void SocketCore::give_up_auth() {
    const Reference<SocketCore> self(this);
    ConnectError error;
    error.message = "timeout";
    error.description = "The program's auth function gave no value in time.";
    set_stage(Stage::idle);
    announce_error(error);
    if (client_ != nullptr && stage_ == Stage::idle) client_->handle_left();
}

void SocketCore::send_connect(const Json& auth) {
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
