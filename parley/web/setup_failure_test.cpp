// SPDX-License-Identifier: MIT
#include "parley/web/setup_failure.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>

#include "parley/base/error.hpp"
#include "parley/web/application.hpp"

namespace parley::web::test {
namespace {

/// How a program ended, and what it said.
struct Ending {
    int status = 0;  // the signal is 1000 and more
    std::string said;
};

template <typename Body>
Ending run_program(Body body) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        for (const int signal : {SIGABRT, SIGSEGV})
            std::signal(signal, SIG_DFL);
        std::thread(body).join();  // nobody catches what leaves that, as what leaves main; the tests would
        std::_Exit(0);
    }
    close(ends[1]);
    Ending ending;
    std::array<char, 256> part{};
    for (ssize_t size = 0; (size = read(ends[0], part.data(), part.size())) > 0;)
        ending.said.append(part.data(), static_cast<std::size_t>(size));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    ending.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    return ending;
}

}  // namespace

TEST_CASE("a program that cannot listen, and does not catch that, ends with the sentence and the status 1") {
    const Ending ending = run_program([] {
        Application app;
        std::fputs("said before ", stdout);
        app.listen(70'000);
        std::fputs("never said", stdout);
    });
    CHECK(ending.status == 1);
    CHECK(ending.said == "said before parley: Port 70000 does not exist: a port is a number from 0 to 65535.\n");
}

TEST_CASE("a program that catches it goes on") {
    const Ending ending = run_program([] {
        Application app;
        try {
            app.listen(70'000);
        } catch (const SetupError& error) {
            std::fputs(error.what(), stderr);
        }
    });
    CHECK(ending.status == 0);
    CHECK(ending.said == "Port 70000 does not exist: a port is a number from 0 to 65535.");
}

TEST_CASE("what a setup error says is printable") {
    const Ending ending = run_program([] {
        tell_uncaught_setup_errors();
        throw SetupError({ErrorCode::invalid_argument, "red \x1b[31m"});
    });
    CHECK(ending.status == 1);
    CHECK(ending.said == "parley: red \\x1b[31m\n");
}

TEST_CASE("any other exception, and a terminate handler of the program's own, end it as ever") {
    const Ending other = run_program([] {
        tell_uncaught_setup_errors();
        tell_uncaught_setup_errors();
        throw std::runtime_error("another");
    });
    CHECK(other.status == 1000 + SIGABRT);
    CHECK(other.said.find("another") != std::string::npos);
    const Ending nothing = run_program([] {
        tell_uncaught_setup_errors();
        std::terminate();
    });
    CHECK(nothing.status == 1000 + SIGABRT);
    const Ending own = run_program([] {
        std::set_terminate([] { std::_Exit(7); });
        tell_uncaught_setup_errors();
        throw SetupError({ErrorCode::invalid_argument, "ours"});
    });
    CHECK(own.status == 7);
    CHECK(own.said.empty());
}

TEST_CASE("an application that listens and never runs says so") {
    const Ending ending = run_program([] {
        Application app;
        app.listen({.port = 0, .host = "127.0.0.1"});
    });
    CHECK(ending.status == 0);
    CHECK(ending.said.starts_with("parley: an application that listens ends without having run"));
    const Ending ran = run_program([] {
        Application app;
        app.listen({.port = 0, .host = "127.0.0.1"});
        app.post([&] { app.stop(); });
        app.run();
    });
    CHECK(ran.status == 0);
    CHECK(ran.said.empty());
}

}  // namespace parley::web::test
