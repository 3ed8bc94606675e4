// SPDX-License-Identifier: MIT
#include "parley/web/directory.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/support/temporary_directory.hpp"

namespace parley::web {
namespace {

std::string content_of(const std::expected<OpenFile, OpenFailure>& file) {
    if (!file) return file.error() == OpenFailure::is_directory ? "<directory>" : "<not found>";
    std::string content(file->size(), '\0');
    const std::int64_t read = file->read(content.data(), content.size(), 0);
    return content.substr(0, read < 0 ? 0 : static_cast<std::size_t>(read));
}

}  // namespace

TEST_CASE("files beneath a directory are opened, and nothing else is") {
    test::TemporaryDirectory outside;
    outside.write("secret", "outside");
    test::TemporaryDirectory temporary;
    temporary.write("a.txt", "inside");
    temporary.write("sub/b.txt", "deeper");
    temporary.write("sub/empty", "");
    temporary.write("unreadable", "x");
    temporary.write("new\nline", "odd");
    ::chmod((temporary.path() + "/unreadable").c_str(), 0);
    const auto link = [&](const std::string& to, const std::string& name) {
        std::filesystem::create_symlink(to, temporary.path() + "/" + name);
    };
    link("a.txt", "link");
    link("sub", "link-to-sub");
    link("../" + outside.path().substr(outside.path().rfind('/') + 1) + "/secret", "link-out");
    link(outside.path() + "/secret", "link-absolute");
    link(temporary.path() + "/a.txt", "link-absolute-inside");
    link("loop", "loop");
    link("/proc/self/cwd", "magic");
    REQUIRE(::mkfifo((temporary.path() + "/fifo").c_str(), 0600) == 0);

    Result<Directory> directory = Directory::open(temporary.path());
    REQUIRE(directory);
    for (const auto method : {Directory::Method::by_kernel, Directory::Method::step_by_step}) {
        CAPTURE(static_cast<int>(method));
        directory->set_method(method);
        const auto open = [&](const std::string& path) { return content_of(directory->open_file(path, false)); };
        CHECK(open("a.txt") == "inside");
        CHECK(open("sub/b.txt") == "deeper");
        CHECK(open("sub/empty") == "");
        CHECK(open("new\nline") == "odd");
        CHECK(open("sub") == "<directory>");
        for (const std::string path : {"missing",
                                       "sub/missing",
                                       "missing/a.txt",
                                       "a.txt/",
                                       "a.txt/b",
                                       "",
                                       "/a.txt",
                                       "..",
                                       "../a.txt",
                                       "sub/../../a.txt",
                                       "link",
                                       "link-to-sub/b.txt",
                                       "link-out",
                                       "link-absolute",
                                       "link-absolute-inside",
                                       "loop",
                                       "loop/a",
                                       "magic",
                                       "magic/a",
                                       "fifo"}) {
            CAPTURE(path);
            CHECK(open(path) == "<not found>");
        }
        CHECK(open(outside.path() + "/secret") == "<not found>");
        CHECK(open("../" + outside.path().substr(outside.path().rfind('/') + 1) + "/secret") == "<not found>");
        CHECK(open(std::string("a.txt\0x", 7)) == "<not found>");
        CHECK(open(std::string(100'000, 'a')) == "<not found>");
        CHECK(open(std::string(300, 'a')) == "<not found>");
        if (::geteuid() != 0) CHECK(open("unreadable") == "<not found>");
    }
    SUBCASE("links that stay inside are followed on request") {
        directory->set_method(Directory::Method::by_kernel);
        const auto open = [&](const std::string& path) { return content_of(directory->open_file(path, true)); };
        CHECK(open("link") == "inside");
        CHECK(open("link-to-sub/b.txt") == "deeper");
        for (const std::string path :
             {"link-out", "link-absolute", "link-absolute-inside", "loop", "magic", "magic/a"}) {
            CAPTURE(path);
            CHECK(open(path) == "<not found>");
        }
    }
}

TEST_CASE("the directory itself may be anywhere, but must be one") {
    test::TemporaryDirectory temporary;
    temporary.write("a", "x");
    std::filesystem::create_symlink(temporary.path(), temporary.path() + "/self");
    CHECK(Directory::open(temporary.path() + "/self"));
    const Result<Directory> missing = Directory::open(temporary.path() + "/missing");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == ErrorCode::not_found);
    CHECK(missing.error().message.find("/missing': No such file or directory") != std::string::npos);
    CHECK_FALSE(Directory::open(temporary.path() + "/a"));
    CHECK_FALSE(Directory::open(""));
    CHECK_FALSE(Directory::open(std::string("/tmp\0x", 6)));
}

TEST_CASE("a file that cannot be opened for lack of descriptors is unavailable, not missing") {
    test::TemporaryDirectory temporary;
    temporary.write("a", "x");
    Result<Directory> directory = Directory::open(temporary.path());
    REQUIRE(directory);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit none = before;
    none.rlim_cur = 0;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto beneath = directory->open_file("a", false);
    const auto by_path = OpenFile::open(temporary.path() + "/a");
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    REQUIRE_FALSE(beneath);
    CHECK(beneath.error() == OpenFailure::unavailable);
    REQUIRE_FALSE(by_path);
    CHECK(by_path.error() == OpenFailure::unavailable);
    CHECK(content_of(directory->open_file("a", false)) == "x");
}

TEST_CASE("a program's path is opened as it is, if it is a regular file") {
    test::TemporaryDirectory temporary;
    temporary.write("a", "content");
    std::filesystem::create_symlink("a", temporary.path() + "/link");
    CHECK(content_of(OpenFile::open(temporary.path() + "/a")) == "content");
    CHECK(content_of(OpenFile::open(temporary.path() + "/link")) == "content");
    CHECK(content_of(OpenFile::open(temporary.path())) == "<directory>");
    CHECK(content_of(OpenFile::open(temporary.path() + "/missing")) == "<not found>");
    CHECK(content_of(OpenFile::open("/dev/null")) == "<not found>");
    CHECK(content_of(OpenFile::open("")) == "<not found>");
    CHECK(content_of(OpenFile::open(temporary.path() + std::string("/a\0b", 4))) == "<not found>");
}

}  // namespace parley::web
