// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "apps/parley/bench_run.hpp"

namespace parley {

/// A number as people read it: 1,234,567.
[[nodiscard]] std::string bench_count(std::uint64_t count);
/// A length of time in milliseconds, with three figures: `0.215 ms`, `12.3 ms`, `1,250 ms`.
[[nodiscard]] std::string bench_milliseconds(Duration time);

/// What came of a run, in lines for a person; the last one has no end.
[[nodiscard]] std::string bench_text(const BenchPlan& plan, const BenchOutcome& outcome);
/// The same as one JSON object, for programs.
[[nodiscard]] std::string bench_json(const BenchPlan& plan, const BenchOutcome& outcome);

}  // namespace parley
