// SPDX-License-Identifier: MIT
#include "apps/parley/bench_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace parley {

void BenchHistogram::add(Duration time) noexcept {
    const auto value = static_cast<std::uint64_t>(std::max<Duration::rep>(time.count(), 0));
    const auto width = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = width > place_bits + 1 ? width - place_bits - 1 : 0;
    ++counts_[(std::size_t{shift} << place_bits) + (value >> shift)];
    ++count_;
    longest_ = std::max(longest_, value);
    sum_ += static_cast<double>(value);
}

Duration BenchHistogram::percentile(double part) const noexcept {
    if (count_ == 0) return {};
    const auto wanted = std::max(std::ceil(part * static_cast<double>(count_)), 1.0);
    std::uint64_t seen = 0;
    for (std::size_t place = 0; place < places; ++place) {
        seen += counts_[place];
        if (static_cast<double>(seen) < wanted) continue;
        // The upper end of the place: the first two powers have one nanosecond each.
        const std::size_t shift = std::max<std::size_t>(place >> place_bits, 1) - 1;
        const std::uint64_t from = (place - (shift << place_bits)) << shift;
        return Duration(static_cast<Duration::rep>(std::min(from + (std::uint64_t{1} << shift) - 1, longest_)));
    }
    return longest();
}

Duration BenchHistogram::mean() const noexcept {
    return count_ == 0 ? Duration() : Duration(static_cast<Duration::rep>(sum_ / static_cast<double>(count_)));
}

}  // namespace parley
