// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

namespace parley {

/// What handles refer to: an object that lives as long as somebody does.
class Counted {
 public:
    Counted() = default;
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

    void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    /// True for the last one.
    [[nodiscard]] bool remove_reference() noexcept { return references_.fetch_sub(1, std::memory_order_acq_rel) == 1; }
    /// For the holder of a reference: whether it is the only one, so that nobody can make another.
    [[nodiscard]] bool is_sole() const noexcept { return references_.load(std::memory_order_acquire) == 1; }

 protected:
    ~Counted() = default;

 private:
    std::atomic<unsigned> references_ = 0;
};

}  // namespace parley
