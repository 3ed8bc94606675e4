// SPDX-License-Identifier: MIT
#include "apps/chat/store/sqlite_history.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>

#include "apps/chat/store/schema.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace parley;
using namespace parley::chat;

namespace {

/// The thread that a history tells: this one, when it asks.
class Mail {
 public:
    auto post() {
        return [this](Function<void()> function) {
            const std::lock_guard lock(mutex_);
            calls_.push_back(std::move(function));
            came_.notify_one();
        };
    }
    void take_one() {
        std::unique_lock lock(mutex_);
        came_.wait(lock, [this] { return !calls_.empty(); });
        Function<void()> call = std::move(calls_.front());
        calls_.pop_front();
        lock.unlock();
        call();
    }

 private:
    std::mutex mutex_;
    std::condition_variable came_;
    std::deque<Function<void()>> calls_;
};

NewMessage message(const std::string& room, const std::string& key, const std::string& text = "text") {
    return {room, 900, {{0, "socket", "Ada", text, 1000}, key, "ada"}};
}

/// A history in a file or, without one, in memory, whose answers are waited for.
struct Site {
    explicit Site(std::string file, std::int64_t bytes_max = 0, std::size_t waiting_max = 4096)
        : history({std::move(file), bytes_max, waiting_max}, mail.post()) {}

    Result<Kept> append(NewMessage given) {
        std::optional<Result<Kept>> answer;
        history.append(std::move(given), [&](Result<Kept> kept) { answer = std::move(kept); });
        while (!answer)
            mail.take_one();
        return *answer;
    }
    Result<Page> load(PageQuery query) {
        std::optional<Result<Page>> answer;
        history.load(std::move(query), [&](Result<Page> page) { answer = std::move(page); });
        while (!answer)
            mail.take_one();
        return *answer;
    }
    Page page(const std::string& room, std::optional<std::int64_t> before = {}, std::optional<std::int64_t> after = {},
              std::size_t messages_max = 100, std::size_t bytes_max = 1'000'000) {
        return load({room, before, after, messages_max, bytes_max}).value();
    }

    Mail mail;
    SqliteHistory history;
};

std::vector<std::int64_t> ids_of(const Page& page) {
    std::vector<std::int64_t> ids;
    for (const Said& said : page.messages)
        ids.push_back(said.message.id);
    return ids;
}

std::string why_not(const std::string& file) {
    try {
        const Site site(file);
        return "it opened";
    } catch (const SetupError& error) {
        return error.what();
    }
}

using Ids = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("what was kept is there when the file is opened again, and the numbers go on") {
    const test::TemporaryDirectory folder;
    const std::string file = folder.path() + "/chat.db";
    {
        Site site(file);
        CHECK(site.append(message("tea", "a", "hello"))->message.id == 0);
        CHECK(site.append(message("tea", "b"))->message.id == 1);
        CHECK(site.append(message("lobby", "c"))->message.id == 0);
    }
    Site site(file);
    const Page page = site.page("tea");
    REQUIRE(ids_of(page) == Ids{0, 1});
    CHECK(page.since == 900);
    CHECK(page.next_id == 2);
    CHECK(page.is_complete);
    const Said& first = page.messages.front();
    CHECK(first.message.from == "socket");
    CHECK(first.message.name == "Ada");
    CHECK(first.message.text == "hello");
    CHECK(first.message.time == 1000);
    CHECK(first.key == "a");
    CHECK(first.identity == "ada");
    CHECK(site.append(message("tea", "d"))->message.id == 2);
    CHECK_FALSE(site.page("coffee").since.has_value());
}

TEST_CASE("a file of one's own, which nobody else may read, is all that a closed history leaves") {
    const test::TemporaryDirectory folder;
    {
        Site site(folder.path() + "/chat.db");
        REQUIRE(site.append(message("tea", "a")));
        for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
            CHECK((entry.status().permissions() & std::filesystem::perms::others_all) == std::filesystem::perms::none);
    }
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        names.push_back(entry.path().filename());
    std::ranges::sort(names);
    CHECK(names == std::vector<std::string>{"chat.db", "chat.db-lock"});
}

TEST_CASE("a key that comes again is the same message, also after the file was closed, and only of the same person") {
    const test::TemporaryDirectory folder;
    const std::string file = folder.path() + "/chat.db";
    std::optional<Site> site(std::in_place, file);
    REQUIRE(site->append(message("tea", "key", "first"))->is_new);
    site.emplace("");
    site.emplace(file);
    NewMessage again = message("tea", "key", "second");
    again.said.message.time = 2000;
    const Kept kept = site->append(again).value();
    CHECK_FALSE(kept.is_new);
    CHECK(kept.message.id == 0);
    CHECK(kept.message.text == "first");
    CHECK(kept.message.time == 1000);
    CHECK(site->append(message("lobby", "key"))->is_new);
    NewMessage other = message("tea", "key");
    other.said.identity = "bob";
    CHECK(site->append(other)->is_new);
    CHECK(ids_of(site->page("tea")) == Ids{0, 1});
}

TEST_CASE("a history is read in pages, from its end, before and after a message") {
    for (const bool is_file : {true, false}) {
        const test::TemporaryDirectory folder;
        Site site(is_file ? folder.path() + "/chat.db" : "");
        for (int i = 0; i < 10; ++i)
            REQUIRE(site.append(message("tea", std::to_string(i))));
        CHECK(ids_of(site.page("tea", {}, {}, 3)) == Ids{7, 8, 9});
        CHECK_FALSE(site.page("tea", {}, {}, 3).is_complete);
        CHECK(ids_of(site.page("tea", 7, {}, 3)) == Ids{4, 5, 6});
        CHECK(ids_of(site.page("tea", 2, {}, 3)) == Ids{0, 1});
        CHECK(site.page("tea", 2, {}, 2).is_complete);
        CHECK(ids_of(site.page("tea", {}, 2, 3)) == Ids{3, 4, 5});
        CHECK_FALSE(site.page("tea", {}, 2, 3).is_complete);
        CHECK(ids_of(site.page("tea", {}, 7, 3)) == Ids{8, 9});
        CHECK(site.page("tea", {}, 7, 2).is_complete);
        CHECK(ids_of(site.page("tea", 0)).empty());
        CHECK(ids_of(site.page("tea", {}, 1'000'000)).empty());
        CHECK(ids_of(site.page("tea", -5)).empty());
        const std::size_t each = bytes_of(site.page("tea").messages.front());
        CHECK(ids_of(site.page("tea", {}, {}, 100, 3 * each)) == Ids{7, 8, 9});
        CHECK(ids_of(site.page("tea", {}, {}, 100, 3 * each - 1)) == Ids{8, 9});
        CHECK(ids_of(site.page("tea", {}, {}, 100, 1)) == Ids{9});
    }
}

TEST_CASE("texts are kept as they are, with zeros and quotation marks, whatever they look like") {
    Site site("");
    const std::string text = std::string("a\0b '; DROP TABLE messages; --", 30) + "🦊\"?";
    REQUIRE(site.append(message("it's \"tea\"; --", "a", text)));
    CHECK(site.page("it's \"tea\"; --").messages.at(0).message.text == text);
}

TEST_CASE("an id that a room has given out is not given out again") {
    Site site("");
    NewMessage later = message("tea", "a");
    later.said.message.id = 7;
    CHECK(site.append(later)->message.id == 7);
    CHECK(site.append(message("tea", "b"))->message.id == 8);
}

TEST_CASE("appends that wait are kept together and told in order") {
    const test::TemporaryDirectory folder;
    Site site(folder.path() + "/chat.db");
    std::vector<std::int64_t> told;
    for (int i = 0; i < 500; ++i) {
        site.history.append(message("tea", std::to_string(i)),
                            [&](Result<Kept> kept) { told.push_back(kept.value().message.id); });
    }
    int calls = 0;
    for (; told.size() < 500; ++calls)
        site.mail.take_one();
    CHECK(std::ranges::is_sorted(told));
    CHECK(told.back() == 499);
    CHECK(calls < 250);
}

TEST_CASE("more than may wait is refused, and what waits is kept") {
    const test::TemporaryDirectory folder;
    std::optional<Site> site(std::in_place, folder.path() + "/chat.db", 0, 10);
    std::size_t kept = 0;
    std::size_t refused = 0;
    for (int i = 0; i < 2000; ++i) {
        site->history.append(message("tea", std::to_string(i)), [&](Result<Kept> result) {
            ++(result ? kept : refused);
            if (!result) CHECK(result.error().code == ErrorCode::limit_exceeded);
        });
    }
    while (kept + refused < 2000)
        site->mail.take_one();
    CHECK(kept >= 10);
    CHECK(refused > 0);
    CHECK(site->page("tea", {}, {}, 5000).messages.size() == kept);
}

TEST_CASE("what was appended is kept although nobody waits for the answer") {
    const test::TemporaryDirectory folder;
    const std::string file = folder.path() + "/chat.db";
    {
        Site site(file);
        for (int i = 0; i < 100; ++i)
            site.history.append(message("tea", std::to_string(i)), [](Result<Kept>) {});
    }
    CHECK(Site(file).page("tea").messages.size() == 100);
}

TEST_CASE("beyond its bound a history forgets the oldest, and rooms of which nothing is left") {
    for (const bool is_file : {true, false}) {
        const test::TemporaryDirectory folder;
        constexpr std::int64_t bytes_max = 1024 * 1024;
        Site site(is_file ? folder.path() + "/chat.db" : "", bytes_max);
        REQUIRE(site.append(message("old", "x")));
        const std::string text(400, 'x');
        constexpr int total = 20'000;
        int told = 0;
        for (int i = 0; i < total; ++i) {
            if (i - told > 1000) site.mail.take_one();
            site.history.append(message("tea", std::to_string(i), text), [&](Result<Kept> kept) {
                CHECK(kept.has_value());
                ++told;
            });
        }
        while (told < total)
            site.mail.take_one();
        const Page page = site.page("tea", {}, {}, total, 1 << 30);
        CHECK(page.messages.back().message.id == total - 1);
        CHECK(page.messages.size() > 200);
        CHECK(page.messages.size() < 2'600);
        CHECK(page.next_id == total);
        CHECK_FALSE(site.page("old").since.has_value());
        if (is_file) CHECK(std::filesystem::file_size(folder.path() + "/chat.db") < 3 * bytes_max);
    }
}

TEST_CASE("what cannot be a history's file is said in a sentence, and stays as it is") {
    const test::TemporaryDirectory folder;
    const auto path = [&](const char* name) { return folder.path() + "/" + name; };
    CHECK(why_not(path("no/folder/chat.db")).starts_with("Cannot write beside " + path("no/folder/chat.db")));
    folder.write("text", std::string(5000, 'x'));
    CHECK(why_not(path("text")) == path("text") + " is no database.");
    CHECK(std::filesystem::file_size(path("text")) == 5000);
    {
        Database other(path("other"), Database::Access::write);
        other.run("CREATE TABLE notes(text TEXT)");
    }
    const auto size = std::filesystem::file_size(path("other"));
    CHECK(why_not(path("other")) == path("other") + " belongs to another program.");
    CHECK(std::filesystem::file_size(path("other")) == size);
    CHECK(why_not(folder.path()).find("cannot be opened") != std::string::npos);

    Site site(path("chat.db"));
    CHECK(why_not(path("chat.db")) == path("chat.db") + " is in use by another parley serve.");
}

TEST_CASE("a file of a newer version is not touched") {
    const test::TemporaryDirectory folder;
    const std::string file = folder.path() + "/chat.db";
    {
        Site site(file);
    }
    {
        Database(file, Database::Access::write).run("PRAGMA user_version=999");
    }
    CHECK(why_not(file).find(" was written by a newer version of Parley (schema 999, and this one knows ") !=
          std::string::npos);
    CHECK(Database(file, Database::Access::read).number("PRAGMA user_version") == 999);
}

namespace {

std::vector<std::string> found(Site& site, const std::string& text, std::vector<std::string> rooms = {"tea"}) {
    std::vector<std::string> texts;
    std::optional<Result<SearchResult>> answer;
    site.history.search({parse_search(text, {}).value(), std::move(rooms), {}, 100},
                        [&](Result<SearchResult> result) { answer = std::move(result); });
    while (!answer)
        site.mail.take_one();
    for (const FoundMessage& message : answer->value().found)
        texts.push_back(message.message.text);
    return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("messages are found by their words, the latest first, in the rooms that were named and no other") {
    for (const bool is_file : {true, false}) {
        const test::TemporaryDirectory folder;
        Site site(is_file ? folder.path() + "/chat.db" : "");
        const auto say = [&](const char* room, const char* name, const char* text, std::int64_t time) {
            static int key = 0;
            REQUIRE(site.append({room, 900, {{0, "socket", name, text, time}, std::to_string(++key), "ada"}}));
        };
        say("tea", "Ada", "Green tea, please", 1000);
        say("tea", "Bob", "Café crème?", 2000);
        say("tea", "Ada Lovelace", "the tea is green", 86'400'000);
        say("coffee", "Ada", "green beans", 86'400'001);
        CHECK(found(site, "green") == Texts{"the tea is green", "Green tea, please"});
        CHECK(found(site, "green tea") == Texts{"the tea is green", "Green tea, please"});
        CHECK(found(site, "\"green tea\"") == Texts{"Green tea, please"});
        CHECK(found(site, "gre") == Texts{"the tea is green", "Green tea, please"});
        CHECK(found(site, "\"gre\"").empty());
        CHECK(found(site, "te").size() == 2);
        CHECK(found(site, "cafe creme") == Texts{"Café crème?"});
        CHECK(found(site, "from:ada") == Texts{"the tea is green", "Green tea, please"});
        CHECK(found(site, "from:\"ada lovelace\" green") == Texts{"the tea is green"});
        CHECK(found(site, "green before:1970-01-02") == Texts{"Green tea, please"});
        CHECK(found(site, "green before:1970-01-01").empty());
        CHECK(found(site, "green before:2200-01-01").size() == 2);
        CHECK(found(site, "green", {"coffee", "tea"}) == Texts{"green beans", "the tea is green", "Green tea, please"});
        CHECK(found(site, "green", {"cocoa"}).empty());
        CHECK(found(site, "green", {}).empty());
        // Names of columns, and the words for rooms, are nothing special in what people type.
        for (const char* const text : {"r1",
                                       "scope:r1",
                                       "text:green",
                                       "author",
                                       "green OR beans",
                                       "NEAR(green tea)",
                                       "^green",
                                       "green*",
                                       "-green",
                                       "(green",
                                       "green)",
                                       "{text}",
                                       "'",
                                       "\"",
                                       "a\"b",
                                       ";",
                                       "green AND",
                                       "NOT green",
                                       "+",
                                       "x from:\"",
                                       "é",
                                       "\xF0\x9F\xA6\x8A"}) {
            if (const auto search = parse_search(text, {})) CHECK_NOTHROW(found(site, text));
        }
        CHECK(found(site, "r1").empty());
        CHECK(found(site, "scope:r2").empty());
    }
}

TEST_CASE("what is found is told in parts") {
    Site site("");
    for (int i = 0; i < 7; ++i)
        REQUIRE(site.append(message("tea", std::to_string(i))));
    std::vector<std::size_t> counts;
    std::vector<std::int64_t> ids;
    std::optional<std::int64_t> behind;
    do {
        std::optional<SearchResult> part;
        site.history.search({parse_search("text", {}).value(), {"tea"}, behind, 3},
                            [&](Result<SearchResult> result) { part = std::move(result.value()); });
        while (!part)
            site.mail.take_one();
        counts.push_back(part->found.size());
        for (const FoundMessage& each : part->found)
            ids.push_back(each.message.id);
        behind = part->last_place;
    } while (behind);
    CHECK(counts == std::vector<std::size_t>{3, 3, 1});
    CHECK(ids == Ids{6, 5, 4, 3, 2, 1, 0});
}

TEST_CASE("what is forgotten is not found, and a file from before there was a search is searched") {
    const test::TemporaryDirectory folder;
    const std::string file = folder.path() + "/chat.db";
    {
        Database database(file, Database::Access::write);
        bring_up_to_date(database, schema_steps().first(1));
        database.run(
            "INSERT INTO rooms VALUES(1, 'tea', 900, 1);"
            "INSERT INTO messages VALUES(1, 1, 0, 1000, 'socket', 'Ada', 'an old word', 'ada', 'key')");
    }
    Site site(file, 1024 * 1024);
    CHECK(std::filesystem::exists(file + ".schema-1"));
    CHECK(found(site, "old") == Texts{"an old word"});
    CHECK(site.append(message("tea", "next"))->message.id == 1);
    const std::string text(2000, 'x');
    for (int i = 0; i < 2000; ++i)
        site.history.append(message("tea", std::to_string(i), text), [](Result<Kept>) {});
    REQUIRE(site.append(message("tea", "last", "a new word")));
    CHECK(found(site, "old").empty());
    CHECK(found(site, "word") == Texts{"a new word"});
}
