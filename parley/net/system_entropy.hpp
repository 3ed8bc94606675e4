// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

#include "parley/base/entropy.hpp"

namespace parley::net {

/// The operating system's random bytes, fetched 4 KiB at a time; one object per thread.
///
/// Bytes that were handed out are wiped, and a child process starts with an empty pool, so that two processes never
/// give out the same bytes.
class SystemEntropy final : public EntropySource {
 public:
    SystemEntropy();
    ~SystemEntropy() override;

    void fill(std::span<std::byte> bytes) override;

 private:
    struct Pool;
    Pool* pool_ = nullptr;  // none: every byte is fetched when it is needed
};

}  // namespace parley::net
