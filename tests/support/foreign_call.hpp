// SPDX-License-Identifier: MIT
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string>
#include <string_view>
#include <thread>

#include "parley/base/function.hpp"
#include "parley/net/loop.hpp"

/// What comes of calling something while another thread runs its loop.
namespace parley::test {

struct ForeignCall {
    bool is_aborted = false;
    bool is_neutral = false;  ///< it came back, with the answer that says nothing
    std::string says;         ///< on the standard error
};

/// Calls `function` while another thread is in the middle of a turn of `loop`, which `run` drives.
template <typename Run>
bool call_in_foreign_turn(net::Loop& loop, Run run, Function<bool()>& function) {
    std::atomic<int> stage = 0;
    const auto reach = [&](int next) {
        stage = next;
        stage.notify_all();
    };
    loop.post([&] {
        reach(1);
        stage.wait(1);
    });
    std::thread other(run);
    stage.wait(0);
    const bool is_neutral = function();
    reach(2);
    other.join();
    return is_neutral;
}

/// The same in a child process, which may end by it.
template <typename Run>
ForeignCall call_from_elsewhere(net::Loop& loop, Run run, Function<bool()>& function) {
    int ends[2];
    if (::pipe(ends) != 0) return {};
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        std::signal(SIGABRT, SIG_DFL);  // the test runner's would report it as its own
        ::dup2(ends[1], STDERR_FILENO);
        _exit(call_in_foreign_turn(loop, run, function) ? 0 : 1);
    }
    ::close(ends[1]);
    ForeignCall call;
    char octets[512];
    for (ssize_t size = 0; (size = ::read(ends[0], octets, sizeof octets)) > 0;)
        call.says.append(octets, static_cast<std::size_t>(size));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    call.is_aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    call.is_neutral = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return call;
}

/// A member, as its assertion names it, and a call of it: whether it says nothing where it may not be called.
struct ForeignMember {
    std::string_view name;
    Function<bool()> call;
};

/// Builds without NDEBUG end with a sentence that names the member; others say nothing and go on.
inline bool is_refused(const ForeignCall& call, std::string_view member) {
#if defined(NDEBUG)
    return call.is_neutral && call.says.empty() && !member.empty();
#else
    return call.is_aborted &&
           call.says.starts_with("parley: " + std::string(member) + " was called from another thread");
#endif
}

}  // namespace parley::test
