// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace parley::detail {

/// A stack of at most `capacity` bits: which brackets are open. Making one costs nothing.
template <std::size_t capacity>
class BitStack {
 public:
    void push(bool bit) noexcept {
        const std::uint64_t mask = std::uint64_t{1} << (size_ % 64);
        std::uint64_t& word = words_[size_ / 64];
        if (size_ % 64 == 0) word = 0;
        word = bit ? word | mask : word & ~mask;
        ++size_;
    }
    void pop() noexcept { --size_; }
    [[nodiscard]] bool top() const noexcept { return (words_[(size_ - 1) / 64] >> ((size_ - 1) % 64) & 1) != 0; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

 private:
    std::array<std::uint64_t, (capacity + 63) / 64> words_;  // those below `size_` bits have been written
    std::size_t size_ = 0;
};

}  // namespace parley::detail
