// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <utility>

#include "apps/chat/limits.hpp"
#include "apps/chat/token_bucket.hpp"
#include "parley/server.hpp"

namespace parley::chat {

/// What one connection may still do.
struct Allowance {
    explicit Allowance(const Limits& limits)
        : messages(limits.messages),
          typing(limits.typing),
          pages(limits.pages),
          searches(limits.searches),
          events(limits.events),
          joins(limits.joins) {}

    [[nodiscard]] bool is_untouched(TimePoint now) {
        return messages.is_full(now) && typing.is_full(now) && pages.is_full(now) && searches.is_full(now) &&
               events.is_full(now) && joins.is_full(now);
    }

    TokenBucket messages;
    TokenBucket typing;
    TokenBucket pages;
    TokenBucket searches;
    TokenBucket events;
    TokenBucket joins;
};

/// The allowances of all connections.
///
/// A connection may leave the chat and join it again as often as it likes, each time with a new socket: it keeps its
/// allowance. One that nobody uses is forgotten when it is as good as new.
class Allowances {
 public:
    explicit Allowances(const Limits& limits) : limits_(limits) {}

    /// The allowance of the connection that this handshake opened.
    std::shared_ptr<Allowance> of(const Handshake& handshake, TimePoint now);
    [[nodiscard]] std::size_t size() const { return allowances_.size(); }

 private:
    // The address alone could come again, with the next connection.
    using Connection = std::pair<const Handshake*, std::chrono::system_clock::time_point>;

    void forget_unused(TimePoint now);

    const Limits& limits_;
    std::map<Connection, std::shared_ptr<Allowance>> allowances_;
    std::size_t forget_at_ = 64;  // grows with what is in use, so that looking through all costs little for each
};

}  // namespace parley::chat
