// SPDX-License-Identifier: MIT
#include "parley/server/ack.hpp"

#include "parley/net/loop_gate.hpp"
#include "parley/server/ack_core.hpp"
#include "parley/server/kept_arguments.hpp"

namespace parley {

namespace server::detail {

void retain(AckCore* ack) noexcept {
    ack->add_reference();
}
void release(AckCore* ack) noexcept {
    if (ack->remove_reference()) delete ack;
}

AckCore::~AckCore() {
    if (is_answered() || !socket_->connected()) return;
    try {
        socket_->gate().post([socket = socket_, id = id_] { socket->fail_answer(id); });
    } catch (...) {  // no memory for it: the client's own time limit is left
    }
}

bool AckCore::answer(const EncodedArguments& arguments) {
    if (is_answered_.exchange(true)) return false;
    net::LoopGate& gate = socket_->gate();
    if (gate.is_here()) return socket_->send_ack(id_, arguments);
    if (!socket_->connected()) return false;
    return gate.post(
        [socket = socket_, id = id_, kept = KeptArguments(arguments)]() mutable { socket->send_ack(id, kept.take()); });
}

}  // namespace server::detail

void Ack::answer(const server::detail::EncodedArguments& arguments) const {
    core_->answer(arguments);
}

}  // namespace parley
