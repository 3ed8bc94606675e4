// SPDX-License-Identifier: MIT
#include "parley/net/backend/readiness_listener.hpp"

#include <utility>

namespace parley::net::detail {

ReadinessListener::ReadinessListener(Loop& loop, OnAccept on_accept)
    : loop_(loop), on_accept_(std::move(on_accept)), rest_timer_(loop, [this] { watch(true); }) {}

ReadinessListener::~ReadinessListener() {
    if (destroyed_ != nullptr) *destroyed_ = true;
}

// The function is moved out while it runs, so that it survives a listener that it destroys.
void ReadinessListener::handle_ready() {
    bool destroyed = false;
    destroyed_ = &destroyed;
    OnAccept on_accept = std::move(on_accept_);
    auto exhausted = Accepted::Kind::none_waiting;
    for (int i = 0; i < accepts_per_turn_max && !destroyed; ++i) {
        Accepted accepted{.kind = Accepted::Kind::no_memory, .stream = nullptr};
        loop_.contain([&] { accepted = accept_one(); });
        if (accepted.kind == Accepted::Kind::accepted) {
            loop_.contain([&] { on_accept(std::move(accepted.stream)); });
        } else if (accepted.kind != Accepted::Kind::gone) {
            exhausted = accepted.kind;
            break;
        }
    }
    if (destroyed) return;
    destroyed_ = nullptr;
    on_accept_ = std::move(on_accept);
    if (exhausted != Accepted::Kind::none_waiting) rest(exhausted == Accepted::Kind::no_descriptors);
}

// Without the rest a level-triggered loop would spin: the connections that cannot be accepted stay ready.
void ReadinessListener::rest(bool can_turn_away) {
    watch(false);
    rest_again();
    for (int i = 0; can_turn_away && i < turned_away_per_rest_max && turn_one_away(); ++i)
        ++turned_away_;
    if (!on_exhausted_) return;

    bool destroyed = false;
    destroyed_ = &destroyed;
    Function<void()> on_exhausted = std::move(on_exhausted_);
    on_exhausted();
    if (destroyed) return;
    destroyed_ = nullptr;
    if (!on_exhausted_) on_exhausted_ = std::move(on_exhausted);
}

}  // namespace parley::net::detail
