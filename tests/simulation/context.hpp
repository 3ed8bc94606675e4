// SPDX-License-Identifier: MIT
#pragma once

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
          ledger(report) {}

    static constexpr std::uint16_t port = 80;

    Swarm swarm;
    net::SimulatedNetwork network;
    Chance chance;
    Report report;
    Ledger ledger;
    Moments moments;
    bool is_calm = false;  ///< the end is near: nobody misbehaves any more

    bool is_over = false;  ///< and now it is there: nobody does anything any more

    /// Once in `n` times, while anything may happen.
    bool wild(std::uint64_t n) { return !is_calm && chance.one_in(n); }
};

}  // namespace parley::simulation
