// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "parley/base/outbox.hpp"

namespace parley {

/// How far a peer is behind: the octets of an outbox that came after the turn in which it was last empty.
///
/// What the program says in one turn may be as much as it likes, and says nothing about the peer. What it goes on to
/// say while that is still waiting is what a slow peer makes us keep, and what is bounded.
class Backlog {
 public:
    /// The octets that count, asked before each append to `outbox` in turn number `turn`.
    [[nodiscard]] std::size_t measure(const Outbox& outbox, std::uint64_t turn) noexcept {
        if (outbox.empty()) {
            first_turn_ = turn;
            first_end_ = unknown;
            return 0;
        }
        if (turn == first_turn_) return 0;
        const std::uint64_t end = outbox.passed() + outbox.size();
        if (first_end_ == unknown) first_end_ = end;
        return static_cast<std::size_t>(end - std::max(outbox.passed(), first_end_));
    }

 private:
    static constexpr std::uint64_t unknown = UINT64_MAX;

    std::uint64_t first_turn_ = unknown;  // the one in which the outbox was empty
    std::uint64_t first_end_ = 0;         // where what that turn appended ends, as the outbox counts what has passed
};

}  // namespace parley
