// SPDX-License-Identifier: MIT
#include "parley/client/handler.hpp"

#include "parley/client/client_socket.hpp"
#include "parley/client/socket_ack.hpp"
#include "parley/client/socket_core.hpp"
#include "parley/contract/kept_arguments.hpp"
#include "parley/socketio/arguments.hpp"
#include "parley/task/home.hpp"

namespace parley::client {

using contract::EncodedArguments;

SocketInvocation::SocketInvocation(SocketCore& socket, const socketio::Event& event)
    : Invocation(event.event_name, event.ack_id ? contract::Expects::answer : contract::Expects::nothing),
      event_(event),
      socket_(socket) {}

ClientSocket& SocketInvocation::lasting_socket() const {
    return socket_.lasting_handle();
}

contract::ArgumentReader SocketInvocation::arguments() const {
    return contract::ArgumentReader(socketio::open_arguments(event_));
}

task::Home SocketInvocation::task_home() const {
    return {socket_.gate().shared_from_this(),
            [socket = socket(), event = std::string(event())] { socket->report_exception(event); }};
}

Reference<contract::AckCore> SocketInvocation::make_ack() {
    return Reference<contract::AckCore>(new SocketAck(socket_, *event_.ack_id));
}

void SocketInvocation::send_answer(const EncodedArguments& arguments) {
    socket_.send_ack(*event_.ack_id, socket_.connection(), arguments);
}

void SocketInvocation::tell_mismatch(std::string_view reason) {
    socket_.report_mismatch(event(), reason);
}

void SocketInvocation::tell_exception() {
    socket_.report_exception(event());
}

void SocketInvocation::tell_lost_answer() {
    if (socket_.connected()) socket_.report_lost_answer(event());
}

// The last copy that goes without an answer leaves an error to the server, in a later turn: it may go anywhere.
SocketAck::~SocketAck() {
    if (is_answered() || !socket_->connected()) return;
    try {
        socket_->gate().post([socket = socket_, id = id_, connection = connection_] {
            socket->send_ack(id, connection, contract::error_answer(contract::internal_error));
        });
    } catch (...) {  // no memory for it: the server's own time limit is left
    }
}

bool SocketAck::send(const EncodedArguments& arguments) {
    net::LoopGate& gate = socket_->gate();
    if (gate.is_here()) return socket_->send_ack(id_, connection_, arguments);
    if (!socket_->connected()) return false;
    return gate.post(
        [socket = socket_, id = id_, connection = connection_, kept = contract::KeptArguments(arguments)]() mutable {
            socket->send_ack(id, connection, kept.take());
        });
}

}  // namespace parley::client
