// SPDX-License-Identifier: MIT
#include "parley/net/local_listener.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "parley/net/backend/posix/local_socket.hpp"
#include "parley/net/loop.hpp"
#include "tests/support/temporary_directory.hpp"

namespace parley::net {
namespace {

struct Folder : parley::test::TemporaryDirectory {
    [[nodiscard]] std::string operator/(const std::string& name) const { return path() + "/" + name; }
};

unsigned mode_of(const std::string& path) {
    struct stat there{};
    REQUIRE(::lstat(path.c_str(), &there) == 0);
    return there.st_mode & 07777U;
}

OnAccept nobody() {
    return [](std::unique_ptr<Stream>) {};
}

TEST_CASE("a Unix-domain socket takes connections, has its mode, and goes with its listener") {
    const Folder folder;
    const std::string path = folder / "a.sock";
    const auto loop = make_loop();
    int accepted = 0;
    auto listener = listen_local(*loop, path, {.mode = 0640}, [&](std::unique_ptr<Stream> stream) {
        CHECK(stream->peer() == Endpoint());
        ++accepted;
        loop->stop();
    });
    REQUIRE(listener);
    CHECK(mode_of(path) == 0640);
    CHECK((*listener)->endpoint() == Endpoint());
    const auto attempt = loop->connect_local(path, {}, [](Result<std::unique_ptr<Stream>> stream) { CHECK(stream); });
    loop->run();
    CHECK(accepted == 1);
    CHECK(listen_local(*loop, path, {}, nobody()).error().message.contains("in use. Stop the program"));
    CHECK(std::filesystem::exists(path));
    listener->reset();
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a listener of the same socket on another loop leaves the file alone") {
    const Folder folder;
    const std::string path = folder / "a.sock";
    const auto loop = make_loop();
    const auto other = make_loop();
    auto listener = listen_local(*loop, path, {}, nobody());
    REQUIRE(listener);
    auto shared = (*listener)->share(*other, nobody());
    REQUIRE(shared);
    shared->reset();
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("a file that a process left behind is replaced, and one that is somebody's is not") {
    const Folder folder;
    const std::string path = folder / "a.sock";
    const auto loop = make_loop();
    const pid_t child = ::fork();
    if (child == 0) {  // dies without a word
        auto made = detail::open_local(path, {});
        ::_exit(made ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    REQUIRE(std::filesystem::exists(path));
    auto listener = listen_local(*loop, path, {}, nobody());
    REQUIRE(listener);
    // Somebody has taken its place: that one stays.
    std::filesystem::remove(path);
    auto next = listen_local(*loop, path, {}, nobody());
    REQUIRE(next);
    listener->reset();
    CHECK(std::filesystem::exists(path));

    std::ofstream(folder / "text") << "mine";
    CHECK(listen_local(*loop, folder / "text", {}, nobody()).error().message.contains("something else than a socket"));
    CHECK(std::filesystem::file_size(folder / "text") == 4);
    std::filesystem::create_symlink(folder / "text", folder / "link");
    CHECK_FALSE(listen_local(*loop, folder / "link", {}, nobody()));
    CHECK(std::filesystem::exists(folder / "link"));
}

TEST_CASE("a path that cannot be is an error in a sentence") {
    const Folder folder;
    const auto loop = make_loop();
    const std::string longest = folder.path() + "/" + std::string(106 - folder.path().size(), 'x');
    CHECK(longest.size() == 107);
    CHECK(listen_local(*loop, longest, {}, nobody()));
    for (const std::string& path : {longest + "x", std::string(), std::string("/tmp/a\0b", 8)})
        CHECK(listen_local(*loop, path, {}, nobody()).error().code == ErrorCode::invalid_argument);
    CHECK(listen_local(*loop, folder / "a", {.mode = 01000}, nobody()).error().code == ErrorCode::invalid_argument);
    CHECK(listen_local(*loop, folder / "none/a", {}, nobody()).error().code == ErrorCode::not_found);
}

TEST_CASE("nothing is handed over to a process that nobody has started so") {
    const auto loop = make_loop();
    ::setenv("LISTEN_FDS", "1", 1);
    for (const char* const pid : {"", "1", "x"}) {
        ::setenv("LISTEN_PID", pid, 1);
        CHECK(handed_over_sockets() == 0);
        CHECK(listen_handed_over(*loop, {}, nobody()).error().message.contains("systemd.socket"));
    }
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    CHECK(handed_over_sockets() == 1);
    for (const char* const count : {"", "-1", "x", "1025", "99999999999999999999"}) {
        ::setenv("LISTEN_FDS", count, 1);
        CHECK(handed_over_sockets() == 0);
    }
    ::unsetenv("LISTEN_PID");
    ::unsetenv("LISTEN_FDS");
}

}  // namespace
}  // namespace parley::net
