// SPDX-License-Identifier: MIT
#include "parley/server/socket_ack.hpp"

#include "parley/contract/kept_arguments.hpp"
#include "parley/net/loop_gate.hpp"

namespace parley::server::detail {

SocketAck::~SocketAck() {
    if (is_answered() || !socket_->connected()) return;
    try {
        socket_->gate().post([socket = socket_, id = id_] { socket->fail_answer(id); });
    } catch (...) {  // no memory for it: the client's own time limit is left
    }
}

bool SocketAck::send(const EncodedArguments& arguments) {
    net::LoopGate& gate = socket_->gate();
    if (gate.is_here()) return socket_->send_ack(id_, arguments);
    if (!socket_->connected()) return false;
    return gate.post(
        [socket = socket_, id = id_, kept = KeptArguments(arguments)]() mutable { socket->send_ack(id, kept.take()); });
}

}  // namespace parley::server::detail
