// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "parley/base/time.hpp"
#include "parley/net/turn_meter.hpp"

namespace parley::web {

class ApplicationState;

/// Counts the turns of an application's loop that take longer than `slow_turn`, and tells the program of them, at most
/// once in a while. Belongs to the loop.
class SlowTurns {
 public:
    /// Between two warnings of one loop; the next one says what there was meanwhile.
    static constexpr Duration warnings_apart = std::chrono::seconds(10);

    explicit SlowTurns(ApplicationState& application);

    /// Any thread: how many there were.
    [[nodiscard]] std::uint64_t count() const noexcept { return watch_.count(); }

 private:
    void note(Duration took);
    void warn(Duration took);

    ApplicationState& application_;
    TimePoint may_tell_at_{};
    std::uint64_t untold_ = 0;  // since the last warning
    Duration longest_untold_{};
    net::SlowTurnWatch watch_;
};

}  // namespace parley::web
