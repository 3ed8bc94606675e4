// SPDX-License-Identifier: MIT
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace parley::bench {

/// How often operator new has been called by this program so far, on any thread.
[[nodiscard]] std::uint64_t allocation_count() noexcept;

/// Reports the allocations of one iteration beside its time. Stands in front of the loop of a benchmark.
class AllocationsPerIteration {
 public:
    explicit AllocationsPerIteration(benchmark::State& state) : state_(state), before_(allocation_count()) {}
    AllocationsPerIteration(const AllocationsPerIteration&) = delete;
    AllocationsPerIteration& operator=(const AllocationsPerIteration&) = delete;
    ~AllocationsPerIteration() {
        state_.counters["allocations"] =
            benchmark::Counter(static_cast<double>(allocation_count() - before_), benchmark::Counter::kAvgIterations);
    }

 private:
    benchmark::State& state_;
    std::uint64_t before_;
};

}  // namespace parley::bench
