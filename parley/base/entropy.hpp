// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace parley {

/// Where unpredictable bytes come from. The runtime brings the operating system's; a simulation brings a seed.
class EntropySource {
 public:
    virtual ~EntropySource() = default;
    EntropySource() = default;
    EntropySource(const EntropySource&) = delete;
    EntropySource& operator=(const EntropySource&) = delete;

    /// Fills all of `bytes`. Cannot fail: a source that has nothing to give ends the process.
    virtual void fill(std::span<std::byte> bytes) = 0;
};

}  // namespace parley
