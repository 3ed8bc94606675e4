// SPDX-License-Identifier: MIT
#include "parley/base/memory_budget.hpp"

namespace parley {

void MemoryBudget::reclaim() {
    if (!is_critical()) return;
    SizeClasses sizes;
    IntrusiveList<MemoryHolder> asked;
    asked.take_all(holders_);
    while (MemoryHolder* const holder = asked.pop_front()) {
        holders_.push_back(*holder);
        holder->measure(sizes);
    }
    const std::size_t wanted = bytes_ - percent(90);
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
