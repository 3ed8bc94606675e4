// SPDX-License-Identifier: MIT
#include "apps/chat/store/messages.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace parley::chat {

MessageReader::MessageReader(Database& database)
    : room_(database, "SELECT id, since, next FROM rooms WHERE name = ?"),
      latest_(database,
              "SELECT number, sender, name, text, time, key, identity FROM messages WHERE room = ? "
              "ORDER BY number DESC LIMIT ?"),
      before_(database,
              "SELECT number, sender, name, text, time, key, identity FROM messages WHERE room = ? AND number < ? "
              "ORDER BY number DESC LIMIT ?"),
      after_(database,
             "SELECT number, sender, name, text, time, key, identity FROM messages WHERE room = ? AND number > ? "
             "ORDER BY number LIMIT ?") {}

Page MessageReader::page(const PageQuery& query) {
    Page page;
    if (!room_.begin(std::string_view(query.room)).next()) return page;
    const std::int64_t room = room_.number(0);
    page.since = room_.number(1);
    page.next_id = room_.number(2);
    room_.rewind();
    // One more than is wanted tells whether there are more.
    const auto rows_max = static_cast<std::int64_t>(query.messages_max) + 1;
    if (query.after) {
        read_messages(after_.begin(room, *query.after, rows_max), query, page);
    } else {
        read_messages(query.before ? before_.begin(room, *query.before, rows_max) : latest_.begin(room, rows_max),
                      query, page);
        std::ranges::reverse(page.messages);
    }
    return page;
}

void MessageReader::read_messages(Statement& rows, const PageQuery& query, Page& page) {
    std::size_t bytes = 0;
    while (rows.next()) {
        Said said{
            {rows.number(0), rows.text(1), rows.text(2), rows.text(3), rows.number(4)}, rows.text(5), rows.text(6)};
        bytes += bytes_of(said);
        const bool is_too_much = !page.messages.empty() && bytes > query.bytes_max;
        if (page.messages.size() >= query.messages_max || is_too_much) {
            page.is_complete = false;
            rows.rewind();
            return;
        }
        page.messages.push_back(std::move(said));
    }
}

MessageWriter::MessageWriter(Database& database)
    : database_(database),
      find_room_(database, "SELECT id, next FROM rooms WHERE name = ?"),
      add_room_(database, "INSERT INTO rooms(name, since, next) VALUES(?, ?, ?)"),
      advance_room_(database, "UPDATE rooms SET next = ? WHERE id = ?"),
      find_message_(
          database,
          "SELECT number, sender, name, text, time FROM messages WHERE identity = ? AND key = ? AND room = ?"),
      add_message_(database,
                   "INSERT INTO messages(room, number, time, sender, name, text, identity, key) "
                   "VALUES(?, ?, ?, ?, ?, ?, ?, ?)"),
      pages_(database, "PRAGMA page_count"),
      free_pages_(database, "PRAGMA freelist_count"),
      first_and_last_(database, "SELECT (SELECT min(id) FROM messages), (SELECT max(id) FROM messages)"),
      forget_(database, "DELETE FROM messages WHERE id < ?"),
      forget_rooms_(database, "DELETE FROM rooms WHERE NOT EXISTS(SELECT 1 FROM messages WHERE room = rooms.id)"),
      page_bytes_(database.number("PRAGMA page_size")) {}

MessageWriter::RoomRow MessageWriter::room_of(const NewMessage& message) {
    RoomRow row;
    if (find_room_.begin(std::string_view(message.room)).next()) {
        row = {find_room_.number(0), find_room_.number(1)};
        find_room_.rewind();
    } else {
        row.next = message.said.message.id;
        add_room_.begin(std::string_view(message.room), message.room_since, row.next).finish();
        row.id = sqlite3_last_insert_rowid(database_.handle());
    }
    row.next = std::max(row.next, message.said.message.id);
    return row;
}

Kept MessageWriter::append(const NewMessage& message) {
    const RoomRow room = room_of(message);
    const Said& said = message.said;
    const std::string_view identity = said.identity;
    const std::string_view key = said.key;
    if (find_message_.begin(identity, key, room.id).next()) {
        Kept earlier{{find_message_.number(0), find_message_.text(1), find_message_.text(2), find_message_.text(3),
                      find_message_.number(4)},
                     false};
        find_message_.rewind();
        return earlier;
    }
    Kept kept{said.message, true};
    kept.message.id = room.next;
    const auto& [id, from, name, text, time] = kept.message;
    add_message_
        .begin(room.id, id, time, std::string_view(from), std::string_view(name), std::string_view(text), identity, key)
        .finish();
    advance_room_.begin(id + 1, room.id).finish();
    return kept;
}

std::int64_t MessageWriter::bytes_used() {
    const auto first_number = [](Statement& statement) {
        const std::int64_t value = statement.begin().next() ? statement.number(0) : 0;
        statement.rewind();
        return value;
    };
    return (first_number(pages_) - first_number(free_pages_)) * page_bytes_;
}

std::size_t MessageWriter::forget_oldest(std::size_t messages_max) {
    if (!first_and_last_.begin().next()) return 0;
    const std::int64_t first = first_and_last_.number(0);
    const std::int64_t last = first_and_last_.number(1);
    first_and_last_.rewind();
    const std::int64_t count = std::min(static_cast<std::int64_t>(messages_max), (last - first + 1) / 8);
    if (count <= 0) return 0;
    forget_.begin(first + count).finish();
    const int forgotten = sqlite3_changes(database_.handle());
    forget_rooms_.begin().finish();
    return static_cast<std::size_t>(forgotten);
}

}  // namespace parley::chat
