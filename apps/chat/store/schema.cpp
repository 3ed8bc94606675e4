// SPDX-License-Identifier: MIT
#include "apps/chat/store/schema.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace parley::chat {

namespace {

constexpr std::int64_t application_id = 0x50726c79;  // "Prly": file(1) and others tell by it whose file it is

constexpr std::array<const char*, 2> steps_of_chat{
    // `messages.id` grows over all rooms, in the order in which messages were taken; `number` is the id that people
    // see.
    R"sql(
CREATE TABLE rooms(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    since INTEGER NOT NULL,
    next INTEGER NOT NULL
) STRICT;
CREATE TABLE messages(
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    number INTEGER NOT NULL,
    time INTEGER NOT NULL,
    sender TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    identity TEXT NOT NULL,
    key TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX messages_by_room ON messages(room, number);
CREATE UNIQUE INDEX messages_by_key ON messages(identity, key, room);
)sql",
    // The words of the messages, by `messages.id`. The scope is a word for the room, so that those of one are found
    // without looking at the others; without columnsize and a copy of the text it is as small as it can be.
    R"sql(
CREATE VIRTUAL TABLE words USING fts5(
    text, author, scope,
    content='', columnsize=0, tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co So'"
);
INSERT INTO words(rowid, text, author, scope) SELECT id, text, name, 'r' || room FROM messages;
)sql",
};

/// Makes sure that a file and its name are on the disk.
void sync_file(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    for (const std::string& what : {path, folder.empty() ? std::string(".") : folder}) {
        const int descriptor = ::open(what.c_str(), O_RDONLY | O_CLOEXEC);
        const bool is_synced = descriptor >= 0 && ::fsync(descriptor) == 0;
        if (descriptor >= 0) ::close(descriptor);
        if (!is_synced) throw StoreError("The disk does not write " + path + ".");
    }
}

void copy_before_change(Database& database, std::int64_t version) {
    const std::string name = database.file() + ".schema-" + std::to_string(version);
    std::string free_name = name;
    for (int i = 2; std::filesystem::exists(free_name); ++i)
        free_name = name + "-" + std::to_string(i);
    Statement copy(database, "VACUUM INTO ?");
    copy.begin(std::string_view(free_name)).finish();
    sync_file(free_name);
}

bool has_tables(Database& database) {
    return database.number("SELECT count(*) FROM sqlite_schema") > 0;
}

}  // namespace

std::span<const char* const> schema_steps() {
    return steps_of_chat;
}

void bring_up_to_date(Database& database, std::span<const char* const> steps) {
    const bool is_new = !has_tables(database);
    if (!is_new && database.number("PRAGMA application_id") != application_id)
        throw StoreError(database.file() + " belongs to another program.");
    const std::int64_t version = is_new ? 0 : database.number("PRAGMA user_version");
    const auto latest = static_cast<std::int64_t>(steps.size());
    if (version > latest) {
        throw StoreError(database.file() + " was written by a newer version of Parley (schema " +
                         std::to_string(version) + ", and this one knows " + std::to_string(latest) + ").");
    }
    if (version == latest) return;
    if (!is_new) copy_before_change(database, version);
    Transaction transaction(database);
    for (const char* const step : steps.subspan(static_cast<std::size_t>(version)))
        database.run(step);
    database.run(("PRAGMA application_id=" + std::to_string(application_id)).c_str());
    database.run(("PRAGMA user_version=" + std::to_string(latest)).c_str());
    transaction.commit();
}

}  // namespace parley::chat
