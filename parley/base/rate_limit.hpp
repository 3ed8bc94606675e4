// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "parley/base/time.hpp"

namespace parley {

/// Bounds how often something happens: `burst` times at once, and `per_second` times a second in the long run. It is
/// one point in time, the one at which the allowance will be whole again.
class RateLimit {
 public:
    /// Counts one. False, and nothing is counted: that would be more than allowed.
    [[nodiscard]] bool count(TimePoint now, std::uint32_t burst, std::uint32_t per_second) noexcept {
        const Duration interval = Duration(std::chrono::seconds(1)) / (per_second > 0 ? per_second : 1);
        const TimePoint whole_at = (whole_at_ > now ? whole_at_ : now) + interval;
        if (whole_at - now > interval * burst) return false;
        whole_at_ = whole_at;
        return true;
    }

 private:
    TimePoint whole_at_{};
};

}  // namespace parley
