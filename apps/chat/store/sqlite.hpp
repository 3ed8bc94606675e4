// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "parley/base/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace parley::chat {

/// What SQLite could not do, in a sentence for a person. It stays inside of the store, which answers with it.
class StoreError : public std::exception {
 public:
    explicit StoreError(std::string sentence, ErrorCode reason = ErrorCode::unavailable)
        : reason_(reason), sentence_(std::move(sentence)) {}
    /// Of what SQLite says by a code, about this file.
    StoreError(int code, const std::string& file);
    [[nodiscard]] const char* what() const noexcept override { return sentence_.c_str(); }
    [[nodiscard]] Error error() const { return {reason_, sentence_}; }

 private:
    ErrorCode reason_ = ErrorCode::unavailable;
    std::string sentence_;
};

/// A connection to a SQLite file. Throws StoreError. One thread at a time.
class Database {
 public:
    enum class Access : std::uint8_t {
        read,
        write,  ///< the file is made when it is not there
    };
    Database(const std::string& file, Access access);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    /// Statements of the program's own, without anything of a peer in them.
    void run(const char* statements);
    /// The number that a statement such as `PRAGMA user_version` answers with.
    [[nodiscard]] std::int64_t number(const char* statement);
    [[nodiscard]] const std::string& file() const noexcept { return file_; }
    [[nodiscard]] sqlite3* handle() const noexcept { return handle_; }

 private:
    std::string file_;
    sqlite3* handle_ = nullptr;
};

/// A statement that is compiled once and run often: what peers say goes in as values only. It refers to its database.
class Statement {
 public:
    Statement(Database& database, std::string_view text);
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    /// Begins anew with these values, in the order of the question marks. Texts need to live until the next `begin`.
    template <typename... Values>
    Statement& begin(const Values&... values) {
        rewind();
        int index = 0;
        (bind(++index, values), ...);
        return *this;
    }
    /// On to the next row; false: there is none, and nothing is held any more.
    bool next();
    /// To the end, where no row is wanted.
    void finish() {
        while (next()) {
        }
    }
    /// Lets go of what a row holds that was not read to the end.
    void rewind() noexcept;

    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] std::string text(int column) const;

 private:
    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view value);

    Database& database_;
    sqlite3_stmt* handle_ = nullptr;
};

/// All or nothing: what was not committed is taken back when this goes.
class Transaction {
 public:
    explicit Transaction(Database& database);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    /// Returns when what was written has reached the disk.
    void commit();

 private:
    Database& database_;
};

}  // namespace parley::chat
