// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>

namespace parley {

/// A number that one thread keeps and any thread may read. It costs its thread no more than a plain one.
class Counter {
 public:
    Counter& operator++() noexcept {
        set(value() + 1);
        return *this;
    }
    void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }

    [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }
    operator std::uint64_t() const noexcept { return value(); }

 private:
    std::atomic<std::uint64_t> value_ = 0;
};

}  // namespace parley
