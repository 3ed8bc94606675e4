// SPDX-License-Identifier: MIT
#include "parley/server/handshake_decision.hpp"

#include <string>
#include <utility>

#include "parley/base/reference.hpp"
#include "parley/server/handshake_next.hpp"

namespace parley {

namespace server::detail {

void retain(HandshakeDecision* decision) noexcept {
    decision->add_reference();
}
void release(HandshakeDecision* decision) noexcept {
    if (decision->remove_reference()) decision->handle_last_dropped();
}

HandshakeDecision::HandshakeDecision(std::shared_ptr<net::LoopGate> gate, engine::Engine& engine,
                                     std::shared_ptr<const Handshake> handshake, std::uint64_t ticket)
    : gate_(std::move(gate)), engine_(engine), handshake_(std::move(handshake)), ticket_(ticket) {}

void HandshakeDecision::decide(engine::HandshakeVerdict verdict) {
    if (is_decided_.exchange(true)) return;
    verdict_ = std::move(verdict);
    if (gate_->is_here() && is_asking_) {
        is_answered_ = true;
        return;
    }
    add_reference();  // until it has run
    gate_->post(*this);
}

std::optional<engine::HandshakeVerdict> HandshakeDecision::end_question() {
    is_asking_ = false;
    return is_answered_ ? std::optional(verdict_) : std::nullopt;
}

void HandshakeDecision::handle_last_dropped() noexcept {
    if (is_decided_.exchange(true)) {
        delete this;
        return;
    }
    verdict_.refusal.emplace();
    add_reference();
    gate_->post(*this);
}

void HandshakeDecision::run_posted() noexcept {
    if (gate_->is_open()) engine_.decide(ticket_, verdict_);
    release(this);
}

}  // namespace server::detail

void HandshakeNext::operator()() const {
    if (decision_) decision_->decide({});
}

void HandshakeNext::refuse(TextView message) const {
    if (decision_) decision_->decide({.refusal = std::string(message)});
}

}  // namespace parley
