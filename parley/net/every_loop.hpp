// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/mailbox.hpp"

namespace parley::net {

/// The ways to something that there is once on each loop of a group, in the order of the loops.
using LoopGates = std::vector<std::shared_ptr<LoopGate>>;

/// Which of them leads to the loop in whose turn the caller is; the number of gates where none does.
[[nodiscard]] inline std::size_t index_of_this_turn(const LoopGates& gates) noexcept {
    const Mailbox* const mailbox = Mailbox::of_this_turn();
    std::size_t index = 0;
    while (index < gates.size() && &gates[index]->mailbox() != mailbox)
        ++index;
    return index;
}

/// Calls `act` with the index of each loop whose gate is open, on that loop's thread: at once where that is the
/// caller's, else soon. Any thread.
template <typename Act>
void send_to_every_loop(const LoopGates& gates, const Act& act) {
    for (std::size_t i = 0; i < gates.size(); ++i) {
        if (gates[i]->is_here()) {
            act(i);
        } else {
            gates[i]->post([i, act] { act(i); });
        }
    }
}

/// The same for what belongs to the thread of one of them, or to anybody while none runs: at once where a loop does not
/// run, too.
template <typename Act>
void on_every_loop(const LoopGates& gates, const Act& act) {
    for (std::size_t i = 0; i < gates.size(); ++i) {
        if (gates[i]->is_elsewhere()) {
            gates[i]->post([i, act] { act(i); });
        } else if (gates[i]->is_open()) {
            act(i);
        }
    }
}

/// The same for a function of the program that every loop is to have: `take` gets the index of a loop and the function,
/// which keeps what the handler that gives it was lent (`keep`). That is one object for all of them, called on several
/// threads at a time.
template <typename R, typename... Args, typename Take>
void give_to_every_loop(const LoopGates& gates, Function<R(Args...)> function, const Take& take) {
    if (gates.size() > 1 && function) {
        keep_anywhere(*gates.front(), function);
        const auto shared = std::make_shared<Function<R(Args...)>>(std::move(function));
        return on_every_loop(gates, [shared, take](std::size_t i) {
            take(i, [shared](Args... args) -> R { return (*shared)(std::forward<Args>(args)...); });
        });
    }
    if (gates.size() > 1) return on_every_loop(gates, [take](std::size_t i) { take(i, nullptr); });
    const std::shared_ptr<LoopGate>& gate = gates.front();
    keep(*gate, function);
    if (!gate->is_elsewhere()) return gate->is_open() ? take(0, std::move(function)) : void();
    gate->post([take, function = std::move(function)]() mutable { take(0, std::move(function)); });
}

}  // namespace parley::net
