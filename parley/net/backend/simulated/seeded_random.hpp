// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "parley/base/entropy.hpp"

namespace parley::net::detail {

/// Numbers that follow from a seed, the same on every machine and with every library (SplitMix64).
class SeededRandom final : public EntropySource {
 public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() noexcept {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// A number below `bound`, which is not 0. Slightly uneven for huge bounds, which matters to nobody here.
    std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }

    bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }

    void fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(next());
    }

 private:
    std::uint64_t state_;
};

}  // namespace parley::net::detail
