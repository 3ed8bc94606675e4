// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "parley/base/outbox.hpp"

namespace parley {

/// How far a peer is behind: the octets of an outbox that came after the turn in which it was last empty.
///
/// What the program says in one turn says nothing about the peer: it is free up to `turn_bytes_max`, and one message is
/// free however long it is. What the program goes on to say while that is still waiting is what a slow peer makes us
/// keep, and what is bounded.
class Backlog {
 public:
    /// The octets that count, asked before each append to `outbox` in turn number `turn`.
    [[nodiscard]] std::size_t measure(const Outbox& outbox, std::uint64_t turn, std::size_t turn_bytes_max) noexcept {
        const std::uint64_t end = outbox.passed() + outbox.size();
        if (outbox.empty()) {
            first_turn_ = turn * 2;
            free_end_ = end + std::min<std::uint64_t>(turn_bytes_max, UINT64_MAX - end);
            return 0;
        }
        if (first_turn_ == turn * 2) {
            free_end_ = std::max(free_end_, end);  // behind its first message
            ++first_turn_;
        } else if (first_turn_ == turn * 2 + 1) {
            // it goes on
        } else if (first_turn_ != none) {
            free_end_ = std::min(free_end_, end);  // the turn did not say more
            first_turn_ = none;
        }
        const std::uint64_t begin = std::max(outbox.passed(), free_end_);
        return static_cast<std::size_t>(end - std::min(begin, end));
    }

 private:
    static constexpr std::uint64_t none = UINT64_MAX;

    std::uint64_t first_turn_ = none;  // twice the number of the one in which the outbox was empty, while it lasts, and
                                       // one more behind its first message
    std::uint64_t free_end_ = 0;       // where what is free ends, as the outbox counts what has passed
};

}  // namespace parley
