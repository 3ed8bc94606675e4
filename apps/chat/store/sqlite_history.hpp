// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/chat/history.hpp"
#include "apps/chat/store/file_lock.hpp"
#include "apps/chat/store/messages.hpp"
#include "apps/chat/store/sqlite.hpp"
#include "apps/chat/store/worker.hpp"

namespace parley::chat {

struct SqliteHistoryOptions {
    std::string file;  ///< empty: in memory, for as long as the process lives
    /// Of the database; beyond it the oldest messages are forgotten. 0: no bound.
    std::int64_t bytes_max = 0;
    std::size_t waiting_max = 4096;  ///< calls that are not done yet, appends and reads each; more are refused
};

/// A history in a SQLite file.
///
/// One thread writes. What waits when it begins goes to the disk together, in one transaction: many who write at the
/// same time share the wait for the disk. In a file, another thread reads meanwhile; in memory the same one does. The
/// file is in WAL mode and synchronized in full, so that what was told to be kept outlives a loss of power.
class SqliteHistory final : public History {
 public:
    /// Opens or makes the file. `post` brings a function to the thread that hears what comes of calls: it may be called
    /// from any thread until this is gone. Throws SetupError.
    SqliteHistory(SqliteHistoryOptions options, Function<void(Function<void()>)> post);
    /// Waits until all that was appended is kept; nobody is told any more.
    ~SqliteHistory() override;

    void append(NewMessage message, Function<void(Result<Kept>)> on_kept) override;
    void load(PageQuery query, Function<void(Result<Page>)> on_page) override;
    void search(SearchQuery query, Function<void(Result<SearchResult>)> on_found) override;

 private:
    struct Append {
        NewMessage message;
        Function<void(Result<Kept>)> on_kept;
    };
    struct Load {
        PageQuery query;
        Function<void(Result<Page>)> on_page;
    };
    struct Find {
        SearchQuery query;
        Function<void(Result<SearchResult>)> on_found;
    };
    struct Job {
        std::optional<Append> append;
        std::optional<Load> load;
        std::optional<Find> find;
    };
    struct Writing;
    struct Reading;

    [[nodiscard]] bool is_in_memory() const { return options_.file.empty(); }
    void write(std::vector<Job>& jobs);
    void read(std::vector<Job>& jobs);
    [[nodiscard]] Result<std::vector<Kept>> commit(const std::vector<Job>& jobs);
    template <typename T, typename Read>
    void answer(Function<void(Result<T>)>& call, const Read& read);
    void keep_within_bound(std::size_t added);

    SqliteHistoryOptions options_;
    Function<void(Function<void()>)> post_;
    std::optional<FileLock> lock_;
    std::unique_ptr<Writing> writing_;
    std::unique_ptr<Reading> reading_;
    std::unique_ptr<Worker<Job>> reader_;
    std::unique_ptr<Worker<Job>> writer_;
};

}  // namespace parley::chat
