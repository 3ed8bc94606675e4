// SPDX-License-Identifier: MIT
#include "apps/chat/store/sqlite.hpp"

#include <sqlite3.h>

namespace parley::chat {

namespace {

std::string sentence_about(int code, const std::string& file) {
    switch (code & 0xff) {
        case SQLITE_NOTADB:
            return file + " is no database.";
        case SQLITE_CORRUPT:
            return file + " is damaged.";
        case SQLITE_FULL:
            return "There is no room on the disk for " + file + ".";
        case SQLITE_READONLY:
            return file + " cannot be written.";
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return file + " cannot be opened.";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return file + " is held by another program.";
        case SQLITE_IOERR:
            return "The disk does not read or write " + file + ".";
        default:
            return file + ": " + sqlite3_errstr(code) + ".";
    }
}

}  // namespace

StoreError::StoreError(int code, const std::string& file) : sentence_(sentence_about(code, file)) {}

Database::Database(const std::string& file, Access access) : file_(file) {
    const int flags = access == Access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const int code =
        sqlite3_open_v2(file.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    if (code != SQLITE_OK) {
        sqlite3_close_v2(handle_);
        throw StoreError(code, file_);
    }
    if (access == Access::write && sqlite3_db_readonly(handle_, "main") == 1) {
        sqlite3_close_v2(handle_);
        throw StoreError(SQLITE_READONLY, file_);
    }
    // A file may come from anybody: what stands in its schema is trusted with nothing.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_busy_timeout(handle_, 2000);
}

Database::~Database() {
    sqlite3_close_v2(handle_);
}

void Database::run(const char* statements) {
    const int code = sqlite3_exec(handle_, statements, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw StoreError(code, file_);
}

std::int64_t Database::number(const char* statement) {
    Statement asked(*this, statement);
    return asked.next() ? asked.number(0) : 0;
}

Statement::Statement(Database& database, std::string_view text) : database_(database) {
    const int code = sqlite3_prepare_v3(database.handle(), text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK) throw StoreError(code, database.file());
}

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

bool Statement::next() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    rewind();
    if (code != SQLITE_DONE) throw StoreError(code, database_.file());
    return false;
}

void Statement::rewind() noexcept {
    sqlite3_reset(handle_);
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(handle_, column);
}

std::string Statement::text(int column) const {
    const unsigned char* const octets = sqlite3_column_text(handle_, column);
    if (octets == nullptr) return {};
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
    return {reinterpret_cast<const char*>(octets), size};
}

void Statement::bind(int index, std::int64_t value) {
    const int code = sqlite3_bind_int64(handle_, index, value);
    if (code != SQLITE_OK) throw StoreError(code, database_.file());
}

void Statement::bind(int index, std::string_view value) {
    const int code = sqlite3_bind_text64(handle_, index, value.data() == nullptr ? "" : value.data(), value.size(),
                                         SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) throw StoreError(code, database_.file());
}

Transaction::Transaction(Database& database) : database_(database) {
    database_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    // Some errors have taken it back already.
    if (sqlite3_get_autocommit(database_.handle()) == 0)
        sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    database_.run("COMMIT");
}

}  // namespace parley::chat
