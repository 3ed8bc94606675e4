// SPDX-License-Identifier: MIT
#include "parley/server/handler.hpp"

#include "parley/server/namespace_core.hpp"
#include "parley/server/server_core.hpp"
#include "parley/server/socket.hpp"
#include "parley/server/socket_ack.hpp"
#include "parley/socketio/arguments.hpp"

namespace parley::server::detail {

SocketInvocation::SocketInvocation(SocketCore& socket, const socketio::Event& event)
    : Invocation(event.event_name, event.ack_id ? Expects::answer : Expects::nothing), socket_(socket), event_(event) {}

Socket& SocketInvocation::lasting_socket() const {
    return socket_.lasting_handle();
}

ArgumentReader SocketInvocation::arguments() const {
    return ArgumentReader(socketio::open_arguments(event_));
}

Reference<AckCore> SocketInvocation::make_ack() {
    return Reference<AckCore>(new SocketAck(socket_, *event_.ack_id));
}

void SocketInvocation::send_answer(const EncodedArguments& arguments) {
    socket_.send_ack(*event_.ack_id, arguments);
}

void SocketInvocation::tell_mismatch(std::string_view reason) {
    socket_.nsp().server().report_mismatch(&socket_, event(), reason);
}

void SocketInvocation::tell_exception() {
    socket_.nsp().server().report_exception(socket_, event());
}

void SocketInvocation::tell_lost_answer() {
    if (socket_.connected()) socket_.nsp().server().report_lost_answer(socket_, event());
}

}  // namespace parley::server::detail
