// SPDX-License-Identifier: MIT
#include "apps/chat/store/sqlite_history.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "apps/chat/store/schema.hpp"

namespace parley::chat {

namespace {

/// How many messages are forgotten in one go, where there is no room for more.
constexpr std::size_t forgotten_together = 1000;

Error busy() {
    return {ErrorCode::limit_exceeded, "The server has too much to do just now."};
}

/// The data is nobody else's business: what SQLite makes beside the file has the same mode.
void make_private(const std::string& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor >= 0) ::close(descriptor);
}

}  // namespace

struct SqliteHistory::Writing {
    explicit Writing(const std::string& file) : database(file, Database::Access::write) {
        database.run("PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY");
        bring_up_to_date(database, schema_steps());
        database.run("PRAGMA journal_mode=WAL");  // not before it is known to be ours
        messages.emplace(database);
    }

    Database database;
    std::optional<MessageWriter> messages;
};

struct SqliteHistory::Reading {
    explicit Reading(const std::string& file)
        : own(std::in_place, file, Database::Access::read), database(*own), messages(database) {}
    explicit Reading(Database& shared) : database(shared), messages(database) {}

    std::optional<Database> own;
    Database& database;
    MessageReader messages;
};

SqliteHistory::SqliteHistory(SqliteHistoryOptions options, Function<void(Function<void()>)> post)
    : options_(std::move(options)), post_(std::move(post)) {
    try {
        if (is_in_memory()) {
            writing_ = std::make_unique<Writing>(":memory:");
            reading_ = std::make_unique<Reading>(writing_->database);
        } else {
            lock_.emplace(options_.file);
            make_private(options_.file);
            writing_ = std::make_unique<Writing>(options_.file);
            reading_ = std::make_unique<Reading>(options_.file);
            reader_ =
                std::make_unique<Worker<Job>>(options_.waiting_max, [this](std::vector<Job>& jobs) { read(jobs); });
        }
    } catch (const StoreError& error) {
        throw SetupError(error.error());
    }
    writer_ = std::make_unique<Worker<Job>>(options_.waiting_max, [this](std::vector<Job>& jobs) { write(jobs); });
}

SqliteHistory::~SqliteHistory() {
    writer_.reset();  // while there is what its last work needs
    reader_.reset();
    reading_.reset();  // the last connection to go tidies up the file, and only one that may write can
}

void SqliteHistory::append(NewMessage message, Function<void(Result<Kept>)> on_kept) {
    Job job{Append{std::move(message), std::move(on_kept)}, {}, {}};
    if (writer_->add(job)) return;
    post_([on_kept = std::move(job.append->on_kept)]() mutable { on_kept(std::unexpected(busy())); });
}

void SqliteHistory::load(PageQuery query, Function<void(Result<Page>)> on_page) {
    Job job{{}, Load{std::move(query), std::move(on_page)}, {}};
    if ((reader_ ? reader_ : writer_)->add(job)) return;
    post_([on_page = std::move(job.load->on_page)]() mutable { on_page(std::unexpected(busy())); });
}

void SqliteHistory::search(SearchQuery query, Function<void(Result<SearchResult>)> on_found) {
    Job job{{}, {}, Find{std::move(query), std::move(on_found)}};
    if ((reader_ ? reader_ : writer_)->add(job)) return;
    post_([on_found = std::move(job.find->on_found)]() mutable { on_found(std::unexpected(busy())); });
}

void SqliteHistory::write(std::vector<Job>& jobs) {
    Result<std::vector<Kept>> kept = commit(jobs);
    std::vector<Function<void(Result<Kept>)>> waiting;
    for (Job& job : jobs) {
        if (job.append) waiting.push_back(std::move(job.append->on_kept));
    }
    if (!waiting.empty()) {
        post_([kept = std::move(kept), waiting = std::move(waiting)]() mutable {
            for (std::size_t i = 0; i < waiting.size(); ++i) {
                if (kept)
                    waiting[i](std::move((*kept)[i]));
                else
                    waiting[i](std::unexpected(kept.error()));
            }
        });
    }
    if (is_in_memory()) read(jobs);
}

Result<std::vector<Kept>> SqliteHistory::commit(const std::vector<Job>& jobs) {
    std::vector<Kept> kept;
    if (std::ranges::none_of(jobs, [](const Job& job) { return job.append.has_value(); })) return kept;
    try {
        Transaction transaction(writing_->database);
        for (const Job& job : jobs) {
            if (job.append) kept.push_back(writing_->messages->append(job.append->message));
        }
        keep_within_bound(kept.size());
        transaction.commit();
    } catch (const StoreError& error) {
        return std::unexpected(error.error());
    }
    return kept;
}

void SqliteHistory::keep_within_bound(std::size_t added) {
    if (options_.bytes_max == 0) return;
    // Faster than it can grow, and not so much at once that those wait long who write just now.
    const std::size_t most = std::max(forgotten_together, 2 * added);
    for (std::size_t forgotten = 0; forgotten < most;) {
        if (writing_->messages->bytes_used() <= options_.bytes_max) return;
        const std::size_t now = writing_->messages->forget_oldest(forgotten_together);
        if (now == 0) return;
        forgotten += now;
    }
}

template <typename T, typename Read>
void SqliteHistory::answer(Function<void(Result<T>)>& call, const Read& read) {
    Result<T> result;
    try {
        result = read();
    } catch (const StoreError& error) {
        result = std::unexpected(error.error());
    }
    post_([call = std::move(call), result = std::move(result)]() mutable { call(std::move(result)); });
}

void SqliteHistory::read(std::vector<Job>& jobs) {
    MessageReader& messages = reading_->messages;
    for (Job& job : jobs) {
        if (job.load) answer(job.load->on_page, [&] { return messages.page(job.load->query); });
        if (job.find) answer(job.find->on_found, [&] { return messages.search(job.find->query); });
    }
}

}  // namespace parley::chat
