// SPDX-License-Identifier: MIT
#include "parley/net/call_frame.hpp"

#include <algorithm>
#include <cstdint>

#include "parley/base/error.hpp"

namespace parley::net {

Kept::~Kept() {
    for_each([](const Lender& lender) { lender.counting->release(lender.object); });
}

void Kept::add(const Lender& lender) {
    bool is_there = lender.object == nullptr;
    for_each([&](const Lender& kept) { is_there = is_there || kept.object == lender.object; });
    if (is_there) return;
    if (!is_empty()) more_.reserve(more_.size() + 1);
    if (!lender.counting->retain(lender.object)) return;
    if (is_empty()) {
        first_ = lender;
    } else {
        more_.push_back(lender);
    }
}

namespace {

// One object may be called on several loops: it stands in the turn that it runs in.
Mailbox& mailbox_here(const LoopGate& gate) noexcept {
    Mailbox* const turn = Mailbox::of_this_turn();
    return turn != nullptr ? *turn : gate.mailbox();
}

}  // namespace

CallFrame::CallFrame(LoopGate& gate, const Kept& kept) noexcept
    : gate_(mailbox_here(gate).call_frame != nullptr ? mailbox_here(gate).call_frame->gate_ : gate),
      mailbox_(mailbox_here(gate)),
      outer_(mailbox_.call_frame),
      lent_(outer_ != nullptr ? outer_->lent_ : Lender()),
      kept_(&kept) {
    mailbox_.call_frame = this;
}

const CallFrame* CallFrame::current(const LoopGate& gate) noexcept {
    if (gate.is_here()) return gate.mailbox().call_frame;
    const Mailbox* const other = Mailbox::of_this_turn();
    return other != nullptr ? other->call_frame : nullptr;
}

// Stacks grow down: what was called later stands lower, down to this very call.
AddressRange CallFrame::dying() const noexcept {
    return {.low = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)),
            .high = reinterpret_cast<std::uintptr_t>(this)};
}

Kept CallFrame::keep(const void* owner) const {
    Kept kept;
    const auto add = [&](const Lender& lender) {
        if (lender.object != owner) kept.add(lender);
    };
    add(lent_);
    if (kept_ != nullptr) kept_->for_each(add);
    return kept;
}

void refuse_dying_capture() {
    throw SetupError(
        {ErrorCode::invalid_argument,
         "This function is called later, and refers by [&] to a variable that ends with the handler which hands it "
         "over: capture it by value, as in [text]; or take the socket as Socket& socket, which lasts."});
}

}  // namespace parley::net
