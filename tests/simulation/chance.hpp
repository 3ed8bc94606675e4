// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "parley/base/time.hpp"
#include "parley/net/backend/simulated/seeded_random.hpp"

namespace parley::simulation {

/// The dice of the model: of its actors and its program, apart from those of the network.
class Chance {
 public:
    explicit Chance(std::uint64_t seed) : random_(seed) {}

    std::uint64_t next() { return random_.next(); }
    std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
    /// Never for 0.
    bool one_in(std::uint64_t n) { return n > 0 && random_.one_in(n); }

    template <typename T>
    T pick(std::initializer_list<T> values) {
        return values.begin()[below(values.size())];
    }

    Duration time(Duration longest) {
        if (longest <= Duration::zero()) return Duration::zero();
        return Duration(static_cast<Duration::rep>(below(static_cast<std::uint64_t>(longest.count()) + 1)));
    }

 private:
    net::detail::SeededRandom random_;
};

}  // namespace parley::simulation
