// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/net/backend/simulated/simulated_network.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/simulation/ledger.hpp"
#include "tests/simulation/moments.hpp"
#include "tests/simulation/report.hpp"
#include "tests/simulation/swarm.hpp"

namespace parley::simulation {

/// What everybody in one run shares.
struct Context {
    Context(std::uint64_t seed, bool traces)
        : swarm(seed),
          network(seed, swarm.network),
          chance(seed ^ 0xa5a5a5a5a5a5a5a5),
          report(network, traces),
          ledger(report, swarm.loops),
          loops{&network.loop()} {
        while (loops.size() < swarm.loops)
            loops.push_back(&network.add_loop());
    }

    static constexpr std::uint16_t port = 80;

    Swarm swarm;
    net::SimulatedNetwork network;
    Chance chance;
    Report report;
    Ledger ledger;
    Moments moments;
    std::vector<net::Loop*> loops;  ///< of the application
    bool is_calm = false;           ///< the end is near: nobody misbehaves any more

    bool is_over = false;  ///< and now it is there: nobody does anything any more

    /// Once in `n` times, while anything may happen.
    bool wild(std::uint64_t n) { return !is_calm && chance.one_in(n); }

    /// The loop that runs just now, of several; the first one where none does.
    [[nodiscard]] std::size_t here() const {
        for (std::size_t i = 1; i < loops.size(); ++i)
            if (loops[i]->is_current()) return i;
        return 0;
    }
    /// Does it here at once, and elsewhere in front of what the caller is about to do there: what one loop has another
    /// one do comes in the order in which it was asked for.
    void on_loop(std::size_t loop, Function<void()> function) {
        loop == here() ? function() : loops[loop]->post(std::move(function));
    }
};

}  // namespace parley::simulation
