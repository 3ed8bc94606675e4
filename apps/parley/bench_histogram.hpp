// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "parley/base/time.hpp"

namespace parley {

/// How often each length of time was measured, to a part in 128 of it; however much is measured, it stays as large.
class BenchHistogram {
 public:
    /// Less than nothing counts as nothing.
    void add(Duration time) noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// The time that `part` of all (0 to 1) did not exceed, at most a part in 128 too long; zero where there is none.
    [[nodiscard]] Duration percentile(double part) const noexcept;
    [[nodiscard]] Duration longest() const noexcept { return Duration(static_cast<Duration::rep>(longest_)); }
    [[nodiscard]] Duration mean() const noexcept;

 private:
    // Each power of two of nanoseconds has 128 places, which lie one behind the other.
    static constexpr unsigned place_bits = 7;
    static constexpr std::size_t places = std::size_t{64 - place_bits} << place_bits;

    std::array<std::uint64_t, places> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t longest_ = 0;
    double sum_ = 0;
};

}  // namespace parley
