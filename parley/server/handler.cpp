// SPDX-License-Identifier: MIT
#include "parley/server/handler.hpp"

#include "parley/server/namespace_core.hpp"
#include "parley/server/server_core.hpp"
#include "parley/server/server_side.hpp"
#include "parley/server/socket.hpp"
#include "parley/server/socket_ack.hpp"
#include "parley/socketio/arguments.hpp"
#include "parley/task/home.hpp"

namespace parley::server::detail {

SocketInvocation::SocketInvocation(SocketCore& socket, const socketio::Event& event)
    : Invocation(event.event_name, event.ack_id ? Expects::answer : Expects::nothing),
      event_(event),
      socket_(&socket) {}

SocketInvocation::SocketInvocation(ServerSideQuestion& question, const socketio::Event& event)
    : Invocation(event.event_name, question.answer ? Expects::answer : Expects::nothing),
      event_(event),
      question_(&question) {}

Socket& SocketInvocation::lasting_socket() const {
    thread_local Socket nobody;
    return socket_ != nullptr ? socket_->lasting_handle() : nobody;
}

ArgumentReader SocketInvocation::arguments() const {
    return ArgumentReader(socketio::open_arguments(event_));
}

task::Home SocketInvocation::task_home() const {
    return {server().shared_gate(), [server = &server(), socket = socket(), event = std::string(event())] {
                server->report_exception(socket.get(), event);
            }};
}

Reference<AckCore> SocketInvocation::make_ack() {
    if (socket_ == nullptr) return Reference<AckCore>(new ServerSideAck(*question_));
    return Reference<AckCore>(new SocketAck(*socket_, *event_.ack_id));
}

void SocketInvocation::send_answer(const EncodedArguments& arguments) {
    if (socket_ == nullptr) return answer_first(*question_->answer, arguments);
    socket_->send_ack(*event_.ack_id, arguments);
}

ServerCore& SocketInvocation::server() const {
    return (socket_ != nullptr ? socket_->nsp() : question_->nsp).server();
}

void SocketInvocation::tell_mismatch(std::string_view reason) {
    server().report_mismatch(socket_, event(), reason);
}

void SocketInvocation::tell_exception() {
    server().report_exception(socket_, event());
}

void SocketInvocation::tell_lost_answer() {
    if (socket_ == nullptr || socket_->connected()) server().report_lost_answer(socket_, event());
}

}  // namespace parley::server::detail
