// SPDX-License-Identifier: MIT
#include "apps/chat/store/messages.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <limits>

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
             "ORDER BY number LIMIT ?"),
      found_(database,
             "SELECT m.id, r.name, m.number, m.sender, m.name, m.text, m.time FROM words "
             "CROSS JOIN messages m ON m.id = words.rowid CROSS JOIN rooms r ON r.id = m.room "
             "WHERE words MATCH ? AND words.rowid < ? ORDER BY words.rowid DESC LIMIT ?"),
      last_until_(database, "SELECT id, time FROM messages WHERE id <= ? ORDER BY id DESC LIMIT 1") {}

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

SearchResult MessageReader::search(const SearchQuery& query) {
    // What begins with a word takes a hundred times as long as the word itself, where many messages have it.
    SearchQuery whole = query;
    whole.search.is_last_begun = false;
    SearchResult result = search_for(whole);
    return result.found.empty() && query.search.is_last_begun ? search_for(query) : result;
}

SearchResult MessageReader::search_for(const SearchQuery& query) {
    SearchResult result;
    std::vector<std::string> scopes;
    for (const std::string& room : query.rooms) {
        if (room_.begin(std::string_view(room)).next()) scopes.push_back("r" + std::to_string(room_.number(0)));
        room_.rewind();
    }
    if (scopes.empty()) return result;
    const std::string expression = full_text_expression(query.search, scopes);
    std::int64_t end = query.behind.value_or(std::numeric_limits<std::int64_t>::max());
    if (query.search.before) end = std::min(end, first_id_since(*query.search.before));
    const auto rows_max = static_cast<std::int64_t>(query.messages_max) + 1;
    std::int64_t place = 0;
    found_.begin(std::string_view(expression), end, rows_max);
    while (found_.next()) {
        if (result.found.size() >= query.messages_max) {
            result.last_place = place;
            break;
        }
        place = found_.number(0);
        result.found.push_back(
            {found_.text(1), {found_.number(2), found_.text(3), found_.text(4), found_.text(5), found_.number(6)}});
    }
    found_.rewind();
    return result;
}

std::int64_t MessageReader::first_id_since(std::int64_t time) {
    // Ids grow with time, but for clocks that were set back: half by half, as in a list that is sorted.
    std::int64_t low = 0;
    std::int64_t high = std::numeric_limits<std::int64_t>::max();
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        const bool is_earlier = !last_until_.begin(middle).next() || last_until_.number(1) < time;
        last_until_.rewind();
        if (is_earlier)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
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
      add_words_(database, "INSERT INTO words(rowid, text, author, scope) VALUES(?, ?, ?, 'r' || ?)"),
      pages_(database, "PRAGMA page_count"),
      free_pages_(database, "PRAGMA freelist_count"),
      first_and_last_(database, "SELECT (SELECT min(id) FROM messages), (SELECT max(id) FROM messages)"),
      forget_words_(database,
                    "INSERT INTO words(words, rowid, text, author, scope) "
                    "SELECT 'delete', id, text, name, 'r' || room FROM messages WHERE id < ?"),
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
    add_words_
        .begin(sqlite3_last_insert_rowid(database_.handle()), std::string_view(text), std::string_view(name), room.id)
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
    forget_words_.begin(first + count).finish();
    forget_.begin(first + count).finish();
    const int forgotten = sqlite3_changes(database_.handle());
    forget_rooms_.begin().finish();
    return static_cast<std::size_t>(forgotten);
}

}  // namespace parley::chat
