// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apps/chat/protocol.hpp"
#include "parley/base/time.hpp"

namespace parley {

/// Everybody in a room. The server gives a name to one person at a time, who may be here on several connections.
class ChatPeople {
 public:
    void reset(const std::vector<chat::Member>& members, std::string own_id);
    /// Returns whether this person was not here before.
    bool add(const chat::Member& member);
    /// Returns whether this person is not here any more.
    bool remove(const chat::Member& member);

    /// Whether this is the one at the keyboard, here or elsewhere.
    [[nodiscard]] bool is_own(std::string_view id) const;
    /// The names, each once, in their order.
    [[nodiscard]] std::vector<std::string> names() const;
    /// Those names that begin like `beginning`, small and capital letters alike, without one's own.
    [[nodiscard]] std::vector<std::string> names_like(std::string_view beginning) const;

    /// Somebody is writing, or has stopped; without another word for this long, they have.
    static constexpr Duration typing_expires = std::chrono::seconds(6);
    void set_typing(const chat::Member& member, bool is_typing, TimePoint now);
    /// Who is writing, in words; empty if nobody is.
    [[nodiscard]] std::string typing(TimePoint now) const;

 private:
    [[nodiscard]] bool has(std::string_view name) const;

    std::map<std::string, std::string, std::less<>> names_;  // by id
    std::map<std::string, TimePoint, std::less<>> typing_;   // by id: when that is over
    std::string own_id_;
};

}  // namespace parley
