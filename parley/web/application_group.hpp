// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "parley/base/memory_budget.hpp"
#include "parley/net/every_loop.hpp"
#include "parley/net/loop_group.hpp"

namespace parley::web {

class ApplicationState;

/// The loops of one application, its part on each of them, and what there is once for all. The first part is that of
/// the handle. Every loop has its own copy of what the program registers, so that no request meets a lock.
struct ApplicationGroup {
    template <typename... Loops>
    explicit ApplicationGroup(Loops&&... its_loops)
        : loops(std::forward<Loops>(its_loops)...), load(new std::atomic<std::ptrdiff_t>[loops.size()]()) {}

    [[nodiscard]] bool is_alone() const noexcept { return loops.size() == 1; }
    /// Whether the caller is in a turn of one of several loops.
    [[nodiscard]] bool is_on_a_loop() const noexcept {
        return !is_alone() && net::index_of_this_turn(gates) < gates.size();
    }
    /// The part on whose loop the caller is; that of the handle where it is on none.
    [[nodiscard]] ApplicationState& here() const noexcept {
        const std::size_t index = net::index_of_this_turn(gates);
        return *members[index < members.size() ? index : 0];
    }

    net::LoopGroup loops;
    std::vector<ApplicationState*> members;               // each of them as long as its gate is open
    net::LoopGates gates;                                 // of the members
    std::shared_ptr<std::atomic<std::ptrdiff_t>[]> load;  // connections of each, and those on their way to it
    MemoryPool memory;
    std::size_t saying_goodbye = 0;  // members that do, while the application stops; of the first loop
};

}  // namespace parley::web
