// SPDX-License-Identifier: MIT
#include "parley/net/loop_gate.hpp"

#include <utility>

#include "parley/net/loop.hpp"
#include "parley/net/mailbox.hpp"

namespace parley::net {

LoopGate::LoopGate(Loop& loop) : mailbox_(loop.mailbox_) {}

bool LoopGate::post(Function<void()> function) {
    if (!is_open()) return false;
    return mailbox_->push([gate = shared_from_this(), function = std::move(function)]() mutable {
        if (gate->is_open()) function();
    });
}

bool LoopGate::is_here() const noexcept {
    return is_open() && mailbox_->is_loop_thread();
}

}  // namespace parley::net
