// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/actor.hpp"
#include "tests/simulation/context.hpp"
#include "tests/simulation/program.hpp"

namespace parley::simulation {

/// One run: a server, everybody around it, and what happens to them, all from one seed.
///
/// First anything may happen. Then the network heals and everybody is calm: within a bounded time all must be
/// connected, all said must have arrived and everything asked be answered. Then the server stops, in time, and nothing
/// is left.
class Site {
 public:
    Site(std::uint64_t seed, bool traces);
    ~Site();

    void run();

    [[nodiscard]] const std::vector<std::string>& violations() const { return context_.report.violations(); }
    [[nodiscard]] const Moments& moments() const { return context_.moments; }
    [[nodiscard]] std::uint64_t trace_hash() const { return context_.network.trace_hash(); }

 private:
    void serve();
    void plan_stop(Duration from_now);
    void calm_down();
    void await_content(TimePoint deadline);
    [[nodiscard]] std::string complaint() const;
    [[nodiscard]] bool all_silent_end() const;
    void check_end();

    Context context_;
    std::unique_ptr<Program> program_;
    std::vector<std::unique_ptr<Actor>> actors_;
    TimePoint calm_at_{};
    TimePoint stop_at_ = no_deadline;  // of the last stop
    TimePoint asked_to_stop_at_ = no_deadline;
    bool is_running_ = false;
    bool has_run_ = false;
    bool is_done_ = false;
};

}  // namespace parley::simulation
