// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

#include "parley/base/entropy.hpp"

namespace parley::test {

/// Counts up: the same "random" octets in every run.
class CountingEntropy final : public EntropySource {
 public:
    void fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(next_++);
    }

 private:
    unsigned next_ = 0;
};

}  // namespace parley::test
