// SPDX-License-Identifier: MIT
#include "parley/net/line_output.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "parley/net/loop.hpp"

namespace parley::net {
namespace {

// Both ends of a pipe or of a socket; the end that is written to waits where a careless writer would.
struct Channel {
    enum class Kind { pipe, socket };

    explicit Channel(Kind kind) {
        const bool made = kind == Kind::pipe ? ::pipe2(ends, O_CLOEXEC) == 0
                                             : ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
        REQUIRE(made);
        if (kind == Kind::socket) std::swap(ends[0], ends[1]);
    }
    ~Channel() {
        close_reader();
        ::close(ends[1]);
    }
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    void close_reader() {
        if (ends[0] >= 0) ::close(ends[0]);
        ends[0] = -1;
    }

    std::string read_all() {
        std::string all;
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        char buffer[65'536];
        for (ssize_t size = 0; (size = ::read(ends[0], buffer, sizeof buffer)) > 0;)
            all.append(buffer, static_cast<std::size_t>(size));
        return all;
    }

    int ends[2] = {-1, -1};
};

constexpr Channel::Kind kinds[] = {Channel::Kind::pipe, Channel::Kind::socket};

TEST_CASE("a line is written with its end") {
    for (const Channel::Kind kind : kinds) {
        Channel channel(kind);
        LineOutput output(channel.ends[1]);
        CHECK(output.write("hello"));
        CHECK(output.write(""));
        CHECK(channel.read_all() == "hello\n\n");
        CHECK(output.lost() == 0);
    }
}

TEST_CASE("a line that nobody reads is lost instead of waited for, and the next one says so") {
    for (const Channel::Kind kind : kinds) {
        Channel channel(kind);
        LineOutput output(channel.ends[1]);
        const std::string line(1000, 'x');
        int written = 0;
        while (output.write(line))
            REQUIRE(++written < 10'000);
        CHECK_FALSE(output.write(line));
        CHECK(output.lost() == 2);
        channel.read_all();
        CHECK(output.write("there is room again"));
        CHECK(channel.read_all() == "parley: 2 lines were lost: nobody read them\nthere is room again\n");
    }
}

TEST_CASE("a long line is cut to what is written in one piece") {
    Channel channel(Channel::Kind::pipe);
    LineOutput output(channel.ends[1]);
    CHECK(output.write(std::string(10'000, 'x')));
    CHECK(channel.read_all() == std::string(LineOutput::line_bytes_max - 1, 'x') + "\n");
}

TEST_CASE("a reader that has gone ends nothing while there is a loop") {
    const std::unique_ptr<Loop> loop = make_loop();
    for (const Channel::Kind kind : kinds) {
        Channel channel(kind);
        channel.close_reader();
        LineOutput output(channel.ends[1]);
        CHECK_FALSE(output.write("hello"));
        // What the program writes by itself does not end it, either.
        CHECK(::write(channel.ends[1], "x", 1) == -1);
    }
}

TEST_CASE("a closed descriptor loses the line") {
    LineOutput output(-1);
    CHECK_FALSE(output.write("hello"));
    CHECK(output.lost() == 1);
}

}  // namespace
}  // namespace parley::net
