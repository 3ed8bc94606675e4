// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apps/chat/limits.hpp"
#include "apps/chat/notices.hpp"
#include "apps/chat/protocol.hpp"

namespace parley::chat {

/// What one room knows: who is inside, and its latest messages.
class Room {
 public:
    Room(const Limits& limits, std::int64_t since) : limits_(limits), since_(since), notices_(limits.notices) {}

    void enter(Member member) { members_.push_back(std::move(member)); }
    void leave(std::string_view member_id);
    [[nodiscard]] bool is_full() const { return members_.size() >= limits_.members_max; }
    [[nodiscard]] bool is_empty() const { return members_.empty(); }

    [[nodiscard]] Notices& notices() { return notices_; }

    struct Posted {
        const Message& message;
        bool is_new;  ///< false: this draft came before, and `message` is what became of it
    };
    /// Takes a draft into the history. The reference is good until the next post.
    Posted post(const Member& sender, Draft draft, std::int64_t time);

    /// What somebody who enters is told.
    [[nodiscard]] Welcome welcome(std::string name, const Member& you) const;

 private:
    void forget_oldest();

    const Limits& limits_;
    std::int64_t since_;
    std::vector<Member> members_;
    Notices notices_;
    std::deque<Message> history_;
    std::size_t history_bytes_ = 0;  // as they travel
    std::int64_t next_id_ = 0;
};

/// The rooms that somebody is in. A room begins with the first who enters and ends with the last who leaves.
class Rooms {
 public:
    explicit Rooms(const Limits& limits) : limits_(limits) {}

    /// The room, made if it is not there (at `now`, milliseconds since 1970); null if there are too many.
    Room* open(const std::string& name, std::int64_t now);
    Room* find(const std::string& name);
    /// Forgets the room if nobody is in it.
    void close_if_empty(const std::string& name);
    [[nodiscard]] std::size_t size() const { return rooms_.size(); }

 private:
    const Limits& limits_;
    std::map<std::string, Room, std::less<>> rooms_;  // a tree: people choose the keys
};

}  // namespace parley::chat
