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

/// Somebody who is in a room, or wants to be.
struct Visitor {
    Member member;
    /// Tells that it is the same person again: on another connection too, if they showed the same secret. Known to them
    /// and the server only.
    std::string identity;
};

/// What one room knows: who is inside, and its latest messages.
class Room {
 public:
    Room(const Limits& limits, std::int64_t since) : limits_(limits), since_(since), notices_(limits.notices) {}

    void enter(Visitor visitor);
    void leave(std::string_view member_id);
    [[nodiscard]] bool is_full() const { return present_.size() >= limits_.members_max; }
    [[nodiscard]] bool is_empty() const { return present_.empty(); }
    /// Whether somebody else of this name is here. The same person may be here several times.
    [[nodiscard]] bool is_taken(std::string_view name, std::string_view identity) const;

    [[nodiscard]] Notices& notices() { return notices_; }

    struct Posted {
        const Message& message;
        bool is_new;  ///< false: this draft came before, and `message` is what became of it
    };
    /// Takes a draft into the history. The reference is good until the next post.
    Posted post(const Visitor& sender, Draft draft, std::int64_t time);

    /// What somebody who enters is told.
    [[nodiscard]] Welcome welcome(std::string name, const Visitor& you) const;

    /// What the history occupies in memory, in octets.
    [[nodiscard]] std::size_t history_memory() const { return history_memory_; }
    void forget_history();

 private:
    struct Present {
        Visitor visitor;
        std::u32string comparable_name;
    };
    struct Said {
        Message message;
        std::string key;
        std::string identity;

        [[nodiscard]] std::size_t bytes_in_welcome() const;
        [[nodiscard]] std::size_t memory() const;
    };

    void forget_oldest();
    [[nodiscard]] bool has_too_long_history() const;

    const Limits& limits_;
    std::int64_t since_;
    std::vector<Present> present_;
    Notices notices_;
    std::deque<Said> history_;
    std::size_t history_bytes_ = 0;  // as they travel
    std::size_t history_memory_ = 0;
    std::int64_t next_id_ = 0;
};

/// The rooms that somebody is in. A room begins with the first who enters and ends with the last who leaves.
class Rooms {
 public:
    explicit Rooms(const Limits& limits) : limits_(limits) {}

    /// The room, made if it is not there (at `now`, milliseconds since 1970); null if there are too many.
    Room* open(const std::string& name, std::int64_t now);
    Room* find(const std::string& name);
    /// Posts in the room of this name, which must be there. Beyond the limit of all histories together, the rooms that
    /// have been silent for longest forget theirs.
    Room::Posted post(const std::string& name, const Visitor& sender, Draft draft, std::int64_t time);
    /// Forgets the room if nobody is in it.
    void close_if_empty(const std::string& name);
    [[nodiscard]] bool is_full() const { return rooms_.size() >= limits_.rooms_max; }
    [[nodiscard]] std::size_t size() const { return rooms_.size(); }
    [[nodiscard]] std::size_t histories_memory() const { return histories_memory_; }

 private:
    struct Entry {
        Room room;
        std::uint64_t last_word = 0;  // 0: nothing was said
    };
    void forget_silent();

    const Limits& limits_;
    std::map<std::string, Entry, std::less<>> rooms_;  // a tree: people choose the keys
    std::map<std::uint64_t, Entry*> by_silence_;       // those with a history, the longest silent first
    std::uint64_t words_ = 0;
    std::size_t histories_memory_ = 0;
};

}  // namespace parley::chat
