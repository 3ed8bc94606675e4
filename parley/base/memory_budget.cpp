// SPDX-License-Identifier: MIT
#include "parley/base/memory_budget.hpp"

namespace parley {

void MemoryBudget::tell_pool() noexcept {
    const std::size_t difference = bytes_ > told_ ? bytes_ - told_ : told_ - bytes_;
    if (difference <= told_step_) return;
    pool_->count(told_, bytes_);
    told_ = bytes_;
}

void MemoryBudget::reclaim() {
    if (!is_critical()) return;
    // The part of the others is theirs to give up.
    const std::size_t all = all_bytes();
    const double share = static_cast<double>(bytes_) / static_cast<double>(all);
    const std::size_t excess = all - percent(90);
    const std::size_t wanted =
        pool_ == nullptr ? excess : static_cast<std::size_t>(static_cast<double>(excess) * share);
    keep_ = bytes_ - wanted;
    SizeClasses sizes;
    IntrusiveList<MemoryHolder> asked;
    asked.take_all(holders_);
    while (MemoryHolder* const holder = asked.pop_front()) {
        holders_.push_back(*holder);
        holder->measure(sizes);
    }
    constexpr std::size_t lowest = std::bit_width(shed_bytes_min);
    std::size_t size_class = sizes.bytes.size() - 1;
    for (std::size_t found = sizes.bytes[size_class]; found < wanted && size_class > lowest;)
        found += sizes.bytes[--size_class];
    asked.take_all(holders_);
    while (MemoryHolder* const holder = asked.pop_front()) {
        holders_.push_back(*holder);
        if (!is_relieved()) holder->shed(std::size_t{1} << (size_class - 1));
    }
}

}  // namespace parley
