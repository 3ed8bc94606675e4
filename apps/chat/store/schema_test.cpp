// SPDX-License-Identifier: MIT
#include "apps/chat/store/schema.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>

#include "tests/support/temporary_directory.hpp"

using namespace parley::chat;

namespace {

constexpr std::array<const char*, 3> steps{
    "CREATE TABLE notes(text TEXT)",
    "ALTER TABLE notes ADD COLUMN time INTEGER DEFAULT 7",
    "ALTER TABLE notes ADD COLUMN author TEXT",
};

std::int64_t version_of(const std::string& file) {
    return Database(file, Database::Access::read).number("PRAGMA user_version");
}

}  // namespace

TEST_CASE("a new file gets the latest schema, and no copy is made") {
    const parley::test::TemporaryDirectory folder;
    const std::string file = folder.path() + "/a.db";
    {
        Database database(file, Database::Access::write);
        bring_up_to_date(database, steps);
        bring_up_to_date(database, steps);
        CHECK(database.number("SELECT count(time) FROM notes") == 0);
    }
    CHECK(version_of(file) == 3);
    CHECK_FALSE(std::filesystem::exists(file + ".schema-0"));
}

TEST_CASE("a file of an older schema is copied, and brought up to date with what is in it") {
    const parley::test::TemporaryDirectory folder;
    const std::string file = folder.path() + "/a.db";
    const std::span all(steps);
    {
        Database database(file, Database::Access::write);
        bring_up_to_date(database, all.first(1));
        database.run("PRAGMA journal_mode=WAL; INSERT INTO notes VALUES('tea')");
        bring_up_to_date(database, all.first(2));
        CHECK(database.number("SELECT time FROM notes WHERE text = 'tea'") == 7);
    }
    CHECK(version_of(file) == 2);
    CHECK(version_of(file + ".schema-1") == 1);
    Database copy(file + ".schema-1", Database::Access::read);
    CHECK(copy.number("SELECT count(*) FROM notes WHERE text = 'tea'") == 1);
    // Whoever went back to it and comes again loses no copy.
    std::filesystem::copy_file(file + ".schema-1", folder.path() + "/back.db");
    std::filesystem::copy_file(file + ".schema-1", folder.path() + "/back.db.schema-1");
    Database back(folder.path() + "/back.db", Database::Access::write);
    bring_up_to_date(back, all);
    CHECK(version_of(folder.path() + "/back.db.schema-1-2") == 1);
    CHECK(version_of(folder.path() + "/back.db") == 3);
}

TEST_CASE("a step that fails leaves the file as it was") {
    const parley::test::TemporaryDirectory folder;
    const std::string file = folder.path() + "/a.db";
    constexpr std::array<const char*, 2> wrong{"CREATE TABLE notes(text TEXT)",
                                               "CREATE TABLE more(text TEXT); INSERT INTO nowhere VALUES(1)"};
    Database database(file, Database::Access::write);
    bring_up_to_date(database, std::span(wrong).first(1));
    CHECK_THROWS_AS(bring_up_to_date(database, wrong), StoreError);
    CHECK(version_of(file) == 1);
    CHECK(database.number("SELECT count(*) FROM sqlite_schema WHERE name = 'more'") == 0);
}

TEST_CASE("a file of a newer schema, or of another program, is refused") {
    const parley::test::TemporaryDirectory folder;
    const std::string file = folder.path() + "/a.db";
    Database database(file, Database::Access::write);
    bring_up_to_date(database, steps);
    CHECK_THROWS_AS(bring_up_to_date(database, std::span(steps).first(2)), StoreError);
    database.run("PRAGMA application_id=5");
    CHECK_THROWS_AS(bring_up_to_date(database, steps), StoreError);
}
