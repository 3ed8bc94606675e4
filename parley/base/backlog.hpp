// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace parley {

/// How far a peer is behind: the octets of an outbox, or of another queue, that came after the turn in which it was
/// last empty.
///
/// What the program says in one turn says nothing about the peer: it is free up to `turn_bytes_max`, and one message is
/// free however long it is. What the program goes on to say while that is still waiting is what a slow peer makes us
/// keep, and what is bounded.
class Backlog {
 public:
    /// The octets that count, asked before each append to `outbox` in turn number `turn`.
    template <typename Outbox>
    [[nodiscard]] std::size_t measure(const Outbox& outbox, std::uint64_t turn, std::size_t turn_bytes_max) noexcept {
        if (outbox.empty()) {
            first_turn_ = turn * 2;
            return 0;
        }
        return measure_waiting(outbox.passed(), outbox.passed() + outbox.size(), turn, turn_bytes_max);
    }

 private:
    static constexpr std::uint64_t none = UINT64_MAX;

    [[nodiscard]] std::size_t measure_waiting(std::uint64_t begin, std::uint64_t end, std::uint64_t turn,
                                              std::size_t turn_bytes_max) noexcept {
        if (first_turn_ == turn * 2) {  // behind its first message
            free_end_ = std::max(end, begin + std::min<std::uint64_t>(turn_bytes_max, UINT64_MAX - begin));
            ++first_turn_;
        } else if (first_turn_ != turn * 2 + 1 && first_turn_ != none) {  // the turn did not say more
            free_end_ = first_turn_ % 2 == 0 ? end : std::min(free_end_, end);
            first_turn_ = none;
        }
        return static_cast<std::size_t>(end - std::min(std::max(begin, free_end_), end));
    }

    std::uint64_t first_turn_ = none;  // twice the number of the one in which the outbox was empty, while it lasts, and
                                       // one more behind its first message
    std::uint64_t free_end_ = 0;       // where what is free ends, as the outbox counts what has passed
};

}  // namespace parley
