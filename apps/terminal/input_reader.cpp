// SPDX-License-Identifier: MIT
#include "apps/terminal/input_reader.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

namespace parley::terminal {

/// What the thread and the loop have in common; it outlives both.
struct InputReader::Shared {
    explicit Shared(net::Loop& on) : loop(on) {}
    ~Shared() {
        if (waker >= 0) ::close(waker);
    }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;

    // Of the loop's thread.
    net::Loop& loop;
    Function<void(std::string_view)> on_octets;
    Function<void()> on_end;
    bool is_over = false;

    std::mutex mutex;
    std::condition_variable changed;
    bool is_held = true;
    bool has_piece = false;  // that was not handled yet
    bool is_stopping = false;
    const int waker = ::eventfd(0, EFD_CLOEXEC);
};

namespace {

/// Waits for input. False: it is to end.
bool wait_for_input(int waker) {
    std::array<pollfd, 2> both{
        {{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0}, {.fd = waker, .events = POLLIN, .revents = 0}}};
    while (::poll(both.data(), both.size(), -1) < 0) {
        if (errno != EINTR) return false;
    }
    return both[1].revents == 0;
}

/// Signals are for the threads that know what they mean.
void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

template <typename Shared>
void read_all(const std::shared_ptr<Shared>& shared) {
    block_signals();
    std::array<char, 4096> buffer{};
    for (;;) {
        {
            std::unique_lock lock(shared->mutex);
            shared->changed.wait(lock, [&] { return shared->is_stopping || (!shared->is_held && !shared->has_piece); });
            if (shared->is_stopping) return;
        }
        if (!wait_for_input(shared->waker)) return;
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        const std::lock_guard lock(shared->mutex);
        if (shared->is_stopping) return;
        if (count <= 0) {  // a terminal that is gone reads as an error
            shared->loop.post([shared] {
                if (!shared->is_over) shared->on_end();
            });
            return;
        }
        shared->has_piece = true;
        shared->loop.post([shared, piece = std::string(buffer.data(), static_cast<std::size_t>(count))] {
            if (shared->is_over) return;
            shared->on_octets(piece);
            const std::lock_guard handled(shared->mutex);
            shared->has_piece = false;
            shared->changed.notify_all();
        });
    }
}

}  // namespace

InputReader::InputReader(net::Loop& loop, Function<void(std::string_view)> on_octets, Function<void()> on_end)
    : shared_(std::make_shared<Shared>(loop)) {
    shared_->on_octets = std::move(on_octets);
    shared_->on_end = std::move(on_end);
    thread_ = std::thread([shared = shared_] { read_all(shared); });
}

InputReader::~InputReader() {
    shared_->is_over = true;
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->is_stopping = true;
        shared_->changed.notify_all();
        (void)::eventfd_write(shared_->waker, 1);
    }
    thread_.join();
}

void InputReader::hold() {
    const std::lock_guard lock(shared_->mutex);
    shared_->is_held = true;
}

void InputReader::go_on() {
    const std::lock_guard lock(shared_->mutex);
    shared_->is_held = false;
    shared_->changed.notify_all();
}

}  // namespace parley::terminal
