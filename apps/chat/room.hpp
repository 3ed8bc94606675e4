// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apps/chat/history.hpp"
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

/// What one room knows: who is inside, and its latest messages, once they have been read from the history.
class Room {
 public:
    Room(const Limits& limits, std::int64_t since) : limits_(limits), since_(since), notices_(limits.notices) {}

    void enter(Visitor visitor);
    void leave(std::string_view member_id);
    [[nodiscard]] bool is_full() const { return present_.size() >= limits_.members_max; }
    [[nodiscard]] bool is_empty() const { return present_.empty(); }
    [[nodiscard]] std::size_t size() const { return present_.size(); }
    /// Whether somebody else of this name is here. The same person may be here several times.
    [[nodiscard]] bool is_taken(std::string_view name, std::string_view identity) const;

    [[nodiscard]] Notices& notices() { return notices_; }

    /// Whether its latest messages are known.
    [[nodiscard]] bool is_loaded() const { return is_loaded_; }
    /// Its latest messages as they were at some time since it was opened, or since they were forgotten: those that
    /// `add` has brought meanwhile stay.
    void load(Page page);
    /// A message that has been kept.
    void add(Said said);
    [[nodiscard]] std::int64_t since() const { return since_; }
    /// The least id that its next message may have.
    [[nodiscard]] std::int64_t next_id() const { return next_id_; }

    /// Something is under way for which the room has to stay, even if nobody is in it.
    void hold() { ++holds_; }
    void release() { --holds_; }
    [[nodiscard]] bool is_held() const { return holds_ > 0; }

    /// What somebody who enters is told.
    [[nodiscard]] Welcome welcome(std::string name, const Visitor& you) const;

    /// What its latest messages occupy in memory, in octets.
    [[nodiscard]] std::size_t history_memory() const { return history_memory_; }
    /// They have to be read again.
    void forget_history();

 private:
    struct Present {
        Visitor visitor;
        std::u32string comparable_name;
    };
    void forget_oldest();
    void keep_within_limits();

    const Limits& limits_;
    std::int64_t since_;
    std::vector<Present> present_;
    Notices notices_;
    std::deque<Said> history_;
    std::size_t history_bytes_ = 0;  // as they travel
    std::size_t history_memory_ = 0;
    std::int64_t next_id_ = 0;
    bool is_loaded_ = false;
    std::size_t holds_ = 0;
};

/// The rooms that somebody is in. What was said in the others, the history knows.
class Rooms {
 public:
    explicit Rooms(const Limits& limits) : limits_(limits) {}

    /// The room, made if it is not there (at `now`, milliseconds since 1970); null if there are too many.
    Room* open(const std::string& name, std::int64_t now);
    Room* find(const std::string& name);
    /// The latest messages of the room of this name, which must be there, and a message that was kept in it. Beyond the
    /// limit of all in memory, the rooms that have been silent for longest forget theirs.
    void load(const std::string& name, Page page);
    void add(const std::string& name, Said said);
    /// Forgets the room if nobody is in it, and nothing holds it.
    void close_if_empty(const std::string& name);
    [[nodiscard]] bool is_full() const { return rooms_.size() >= limits_.rooms_max; }
    [[nodiscard]] std::size_t size() const { return rooms_.size(); }
    [[nodiscard]] std::size_t histories_memory() const { return histories_memory_; }

 private:
    struct Entry {
        Room room;
        std::uint64_t last_word = 0;  // 0: nothing was said
    };
    void count_again(Entry& entry, std::size_t memory_before);
    void forget_silent();

    const Limits& limits_;
    std::map<std::string, Entry, std::less<>> rooms_;  // a tree: people choose the keys
    std::map<std::uint64_t, Entry*> by_silence_;       // those with a history, the longest silent first
    std::uint64_t words_ = 0;
    std::size_t histories_memory_ = 0;
};

}  // namespace parley::chat
