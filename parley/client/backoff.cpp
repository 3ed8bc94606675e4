// SPDX-License-Identifier: MIT
#include "parley/client/backoff.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace parley::client {

Duration Backoff::next(EntropySource& entropy) {
    constexpr std::uint32_t doublings_max = 30;
    const double factor = static_cast<double>(std::uint32_t{1} << std::min(attempts_, doublings_max));
    const double delay =
        std::min(static_cast<double>(options_.delay.count()) * factor, static_cast<double>(options_.delay_max.count()));
    if (attempts_ < doublings_max) ++attempts_;
    std::array<std::uint32_t, 1> chance{};
    entropy.fill(std::as_writable_bytes(std::span(chance)));
    const double part = static_cast<double>(chance[0]) / 4294967296.0;
    return Duration(static_cast<Duration::rep>(delay * (1 - std::clamp(options_.randomization, 0.0, 1.0) * part)));
}

void Backoff::note_connection(Duration lasted) noexcept {
    if (lasted >= options_.delay_max) attempts_ = 0;
}

}  // namespace parley::client
