// SPDX-License-Identifier: MIT
#include "parley/net/loop_gate.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "parley/net/loop.hpp"
#include "parley/net/mailbox.hpp"

namespace parley::net {

LoopGate::LoopGate(Loop& loop) : loop_(loop), mailbox_(loop.mailbox_) {}

// Whoever sets a last call looks whether the gate is open behind that, and this looks for one when it is closed: so one
// of the two sees the other.
void LoopGate::close() noexcept {
    is_open_.store(false);
    PostedCall* const call = last_call_.exchange(nullptr);
    if (call == nullptr) return;
    if (mailbox_->is_run_elsewhere()) {
        mailbox_->push(*call);
    } else {
        call->run_posted();
    }
}

bool LoopGate::set_last_call(PostedCall& call) noexcept {
    last_call_.store(&call);
    return is_open() || last_call_.exchange(nullptr) == nullptr;
}

bool LoopGate::post(Function<void()> function) {
    if (!is_open()) return false;
    return mailbox_->push([gate = shared_from_this(), function = std::move(function)]() mutable {
        if (gate->is_open()) function();
    });
}

void LoopGate::post(PostedCall& call) noexcept {
    mailbox_->push(call);
}

bool LoopGate::is_here() const noexcept {
    return is_open() && mailbox_->is_here();
}

bool LoopGate::is_elsewhere() const noexcept {
    return is_open() && mailbox_->is_run_elsewhere();
}

bool may_call(const LoopGate& gate, [[maybe_unused]] const char* member,
              [[maybe_unused]] const char* instead) noexcept {
    if (!gate.is_elsewhere()) return true;
#if !defined(NDEBUG)
    std::fprintf(stderr, "parley: %s was called from another thread than the one that runs the loop: %s\n", member,
                 instead);
    std::abort();
#endif
    return false;
}

}  // namespace parley::net
