// SPDX-License-Identifier: MIT
#include "parley/net/backend/posix/process_guard.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <mutex>

namespace parley::net::detail {
namespace {

// A global, because the process has one disposition of the signal.
struct PipeSignal {
    std::mutex mutex;
    int guards = 0;
    bool is_ours = false;
};
constinit PipeSignal pipe_signal;

// Not SIG_IGN, which would be inherited by programs that are started from this one (execve(2)).
void handle_pipe_signal(int) {}

void take_pipe_signal() {
    struct sigaction before{};
    if (sigaction(SIGPIPE, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) return;
    struct sigaction ours{};
    ours.sa_handler = handle_pipe_signal;
    ours.sa_flags = SA_RESTART;
    pipe_signal.is_ours = sigaction(SIGPIPE, &ours, nullptr) == 0;
}

void give_pipe_signal_back() {
    if (!pipe_signal.is_ours) return;
    pipe_signal.is_ours = false;
    struct sigaction current{};
    if (sigaction(SIGPIPE, nullptr, &current) != 0 || current.sa_handler != handle_pipe_signal) return;
    struct sigaction usual{};
    usual.sa_handler = SIG_DFL;
    sigaction(SIGPIPE, &usual, nullptr);
}

void open_standard_descriptors() {
    for (int descriptor = 0; descriptor <= 2; ++descriptor) {
        if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
        // The lowest that is free is this one, unless another thread is quicker: then there is nothing left to do.
        const int opened = ::open("/dev/null", O_RDWR);
        if (opened > 2) ::close(opened);
    }
}

}  // namespace

ProcessGuard::ProcessGuard() {
    open_standard_descriptors();
    const std::lock_guard lock(pipe_signal.mutex);
    if (pipe_signal.guards++ == 0) take_pipe_signal();
}

ProcessGuard::~ProcessGuard() {
    const std::lock_guard lock(pipe_signal.mutex);
    if (--pipe_signal.guards == 0) give_pipe_signal_back();
}

}  // namespace parley::net::detail
