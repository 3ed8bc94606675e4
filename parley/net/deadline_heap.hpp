// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "parley/base/intrusive_list.hpp"
#include "parley/base/time.hpp"

namespace parley::net::detail {

/// What the heap keeps of a timer. On its way out it is in a list instead.
class DeadlineNode : public ListHook {
 private:
    friend class DeadlineHeap;

    TimePoint deadline_{};
    std::uint64_t number_ = 0;  // of equal deadlines the one that was started first comes first; 0: not in the heap
    DeadlineNode* child_ = nullptr;
    DeadlineNode* sibling_ = nullptr;
    DeadlineNode* before_ = nullptr;  // the sibling to the left, or the parent of the leftmost one
};

/// Deadlines to the nanosecond, the earliest first: a pairing heap, which allocates nothing.
///
/// Starting is O(1), stopping and expiring O(log n) on average. For the timers of the program, of which there are few
/// beside the heartbeats, but which have to be exact.
class DeadlineHeap {
 public:
    /// Arms `node` for `deadline`, again if it is armed.
    void start(DeadlineNode& node, TimePoint deadline) noexcept;
    void stop(DeadlineNode& node) noexcept;
    [[nodiscard]] static bool is_armed(const DeadlineNode& node) noexcept {
        return node.number_ != 0 || node.is_linked();
    }

    /// The earliest deadline; `no_deadline` when nothing is armed.
    [[nodiscard]] TimePoint next_deadline() const noexcept { return root_ == nullptr ? no_deadline : root_->deadline_; }

    /// Moves every node whose deadline has passed to the end of `expired`, in order.
    void advance(TimePoint now, IntrusiveList<DeadlineNode>& expired) noexcept;

 private:
    [[nodiscard]] static bool comes_before(const DeadlineNode& left, const DeadlineNode& right) noexcept;
    static DeadlineNode* merge(DeadlineNode* left, DeadlineNode* right) noexcept;
    static DeadlineNode* merge_siblings(DeadlineNode* first) noexcept;
    void take_out(DeadlineNode& node) noexcept;

    DeadlineNode* root_ = nullptr;
    std::uint64_t starts_ = 0;
};

}  // namespace parley::net::detail
