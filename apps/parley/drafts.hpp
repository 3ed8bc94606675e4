// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "apps/chat/protocol.hpp"

namespace parley {

/// What somebody has written and the server has not taken yet: sent in order, one after the other, each after the
/// receipt of the one before; and again, with the same key, where there was no receipt.
class Drafts {
 public:
    explicit Drafts(std::size_t drafts_max) : drafts_max_(drafts_max) {}

    /// False: too many wait.
    bool add(chat::Draft draft);
    /// Forgets the one of this key, which may have gone already.
    void remove(std::string_view key);

    /// The one that is to be sent now; null if there is none, or one is under way.
    [[nodiscard]] const chat::Draft* next() const;
    /// That one is under way, or is no longer.
    void set_under_way(bool is_under_way) noexcept { is_under_way_ = is_under_way; }

    [[nodiscard]] std::size_t size() const noexcept { return drafts_.size(); }
    [[nodiscard]] bool empty() const noexcept { return drafts_.empty(); }

 private:
    std::size_t drafts_max_;
    std::deque<chat::Draft> drafts_;
    bool is_under_way_ = false;
};

}  // namespace parley
