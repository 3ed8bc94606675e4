// SPDX-License-Identifier: MIT
#include "parley/net/deadline_heap.hpp"

#include <utility>

namespace parley::net::detail {

bool DeadlineHeap::comes_before(const DeadlineNode& left, const DeadlineNode& right) noexcept {
    return left.deadline_ != right.deadline_ ? left.deadline_ < right.deadline_ : left.number_ < right.number_;
}

// Of two roots: the later one becomes the leftmost child of the other.
DeadlineNode* DeadlineHeap::merge(DeadlineNode* left, DeadlineNode* right) noexcept {
    if (left == nullptr) return right;
    if (right == nullptr) return left;
    if (comes_before(*right, *left)) std::swap(left, right);
    right->before_ = left;
    right->sibling_ = left->child_;
    if (left->child_ != nullptr) left->child_->before_ = right;
    left->child_ = right;
    return left;
}

// Pairs from left to right, then the pairs from right to left: this order is what makes it O(log n).
DeadlineNode* DeadlineHeap::merge_siblings(DeadlineNode* first) noexcept {
    DeadlineNode* pairs = nullptr;  // the last one first, linked by `sibling_`
    while (first != nullptr) {
        DeadlineNode* const second = first->sibling_;
        DeadlineNode* const rest = second == nullptr ? nullptr : second->sibling_;
        DeadlineNode* const pair = merge(first, second);
        pair->sibling_ = pairs;
        pairs = pair;
        first = rest;
    }
    DeadlineNode* root = nullptr;
    while (pairs != nullptr) {
        DeadlineNode* const next = pairs->sibling_;
        root = merge(pairs, root);
        pairs = next;
    }
    if (root != nullptr) root->before_ = root->sibling_ = nullptr;
    return root;
}

void DeadlineHeap::take_out(DeadlineNode& node) noexcept {
    DeadlineNode* const below = merge_siblings(std::exchange(node.child_, nullptr));
    if (&node == root_) {
        root_ = below;
    } else {
        DeadlineNode& before = *node.before_;
        (before.child_ == &node ? before.child_ : before.sibling_) = node.sibling_;
        if (node.sibling_ != nullptr) node.sibling_->before_ = &before;
        root_ = merge(root_, below);
    }
    node.sibling_ = node.before_ = nullptr;
    node.number_ = 0;
}

void DeadlineHeap::start(DeadlineNode& node, TimePoint deadline) noexcept {
    stop(node);
    node.deadline_ = deadline;
    node.number_ = ++starts_;
    root_ = merge(root_, &node);
}

void DeadlineHeap::stop(DeadlineNode& node) noexcept {
    node.unlink();
    if (node.number_ != 0) take_out(node);
}

void DeadlineHeap::advance(TimePoint now, IntrusiveList<DeadlineNode>& expired) noexcept {
    while (root_ != nullptr && root_->deadline_ <= now) {
        DeadlineNode& node = *root_;
        take_out(node);
        expired.push_back(node);
    }
}

}  // namespace parley::net::detail
