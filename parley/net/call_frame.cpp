// SPDX-License-Identifier: MIT
#include "parley/net/call_frame.hpp"

#include <algorithm>
#include <cstdint>

#include "parley/base/error.hpp"

namespace parley::net {

namespace {

template <typename Act>
struct ForLenders {
    void operator()(const Lender& lender) { act(lender); }
    void operator()(const KeptAbroad&) {}
    Act act;
};
template <typename Act>
ForLenders(Act) -> ForLenders<Act>;

}  // namespace

Kept::~Kept() {
    for_each(ForLenders{[](const Lender& lender) { lender.counting->release(lender.object); }});
}

void Kept::add(const Lender& lender) {
    bool is_there = lender.object == nullptr;
    for_each(ForLenders{[&](const Lender& kept) { is_there = is_there || kept.object == lender.object; }});
    if (is_there) return;
    const bool is_first = first_.object == nullptr;
    if (!is_first) more_.reserve(more_.size() + 1);
    if (!lender.counting->retain(lender.object)) return;
    if (is_first) {
        first_ = lender;
    } else {
        more_.push_back(lender);
    }
}

void Kept::add(const KeptAbroad& abroad) {
    if (std::find(abroad_.begin(), abroad_.end(), abroad) == abroad_.end()) abroad_.push_back(abroad);
}

// What went to another loop and goes on from there is the same: functions that send each other to and fro for ever keep
// no more than the first of them.
KeptAbroad Kept::share(LoopGate& home, Kept kept) {
    if (kept.first_.object == nullptr && kept.abroad_.size() == 1) return std::move(kept.abroad_.front());
    return Abroad<Kept>::make(home.shared_from_this(), std::move(kept));
}

namespace {

// One object may be called on several loops: it stands in the turn that it runs in.
Mailbox& mailbox_here(const LoopGate& gate) noexcept {
    Mailbox* const turn = Mailbox::of_this_turn();
    return turn != nullptr ? *turn : gate.mailbox();
}

}  // namespace

CallFrame::CallFrame(LoopGate& gate, const Kept* kept, const KeptAbroad* abroad) noexcept
    : gate_(mailbox_here(gate).call_frame != nullptr ? mailbox_here(gate).call_frame->gate_ : gate),
      mailbox_(mailbox_here(gate)),
      outer_(mailbox_.call_frame),
      lent_(outer_ != nullptr ? outer_->lent_ : Lender()),
      kept_(kept),
      abroad_(abroad) {
    mailbox_.call_frame = this;
}

const CallFrame* CallFrame::current(const LoopGate& gate) noexcept {
    if (gate.is_here()) return gate.mailbox().call_frame;
    const Mailbox* const other = Mailbox::of_this_turn();
    return other != nullptr ? other->call_frame : nullptr;
}

AddressRange CallFrame::dying_here() noexcept {
    const Mailbox* const turn = Mailbox::of_this_turn();
    return turn != nullptr && turn->call_frame != nullptr ? turn->call_frame->dying() : AddressRange();
}

// Stacks grow down: what was called later stands lower, down to this very call.
AddressRange CallFrame::dying() const noexcept {
    return {.low = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)),
            .high = reinterpret_cast<std::uintptr_t>(this)};
}

Kept CallFrame::keep(const void* owner) const {
    struct Adding {
        void operator()(const Lender& lender) {
            if (lender.object != owner) kept.add(lender);
        }
        // At home they are counted again, so that nothing is kept twice.
        void operator()(const KeptAbroad& abroad) {
            if (&abroad->home().mailbox() == &here) {
                abroad->value().for_each(*this);
            } else {
                kept.add(abroad);
            }
        }
        const void* owner;
        const Mailbox& here;
        Kept& kept;
    };
    Kept kept;
    Adding add{owner, mailbox_, kept};
    add(lent_);
    if (kept_ != nullptr) kept_->for_each(add);
    if (abroad_ != nullptr) add(*abroad_);
    return kept;
}

void refuse_dying_capture() {
    throw SetupError(
        {ErrorCode::invalid_argument,
         "This function is called later, and refers by [&] to a variable that ends with the handler which hands it "
         "over: capture it by value, as in [text]; or take the socket as Socket& socket, which lasts."});
}

}  // namespace parley::net
