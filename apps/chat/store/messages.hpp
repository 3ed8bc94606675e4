// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "apps/chat/history.hpp"
#include "apps/chat/store/sqlite.hpp"

namespace parley::chat {

/// Reads messages from a database that is up to date. Throws StoreError.
class MessageReader {
 public:
    explicit MessageReader(Database& database);

    [[nodiscard]] Page page(const PageQuery& query);
    [[nodiscard]] SearchResult search(const SearchQuery& query);

 private:
    SearchResult search_for(const SearchQuery& query);
    /// Beneath which the messages stand that were said before a time.
    std::int64_t first_id_since(std::int64_t time);
    void read_messages(Statement& rows, const PageQuery& query, Page& page);

    Statement room_;
    Statement latest_;
    Statement before_;
    Statement after_;
    Statement found_;
    Statement last_until_;
};

/// Writes messages into it, inside the transactions of whoever calls. Throws StoreError.
class MessageWriter {
 public:
    explicit MessageWriter(Database& database);

    /// The message that a draft becomes, or has become before.
    [[nodiscard]] Kept append(const NewMessage& message);
    /// Octets of the database that are in use.
    [[nodiscard]] std::int64_t bytes_used();
    /// Forgets so many of the oldest messages, of whatever room, but no more than an eighth of all, and rooms of which
    /// nothing is left; returns how many there were.
    std::size_t forget_oldest(std::size_t messages_max);

 private:
    struct RoomRow {
        std::int64_t id = 0;
        std::int64_t next = 0;
    };
    RoomRow room_of(const NewMessage& message);

    Database& database_;
    Statement find_room_;
    Statement add_room_;
    Statement advance_room_;
    Statement find_message_;
    Statement add_message_;
    Statement add_words_;
    Statement pages_;
    Statement free_pages_;
    Statement first_and_last_;
    Statement forget_words_;
    Statement forget_;
    Statement forget_rooms_;
    std::int64_t page_bytes_;
};

}  // namespace parley::chat
