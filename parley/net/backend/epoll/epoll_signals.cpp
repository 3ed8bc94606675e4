// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>

#include "parley/net/backend/epoll/epoll_backend.hpp"
#include "parley/net/system_error.hpp"

namespace parley::net::detail {
namespace {

class EpollSignalWatch final : public SignalWatch, private Pollable {
 public:
    EpollSignalWatch(EpollBackend& backend, std::span<const int> signals, Function<void(int)> on_signal)
        : backend_(backend), on_signal_(std::move(on_signal)) {
        sigemptyset(&watched_);
        for (const int signal : signals)
            sigaddset(&watched_, signal);
    }

    ~EpollSignalWatch() override {
        if (destroyed_ != nullptr) *destroyed_ = true;
        if (!is_added_) return;
        backend_.remove(descriptor_.get(), *this);
        // Another watch may have come or gone since: only what this one blocked is unblocked.
        sigset_t unblock = watched_;
        for (int signal = 1; signal < NSIG; ++signal) {
            if (sigismember(&mask_before_, signal) == 1) sigdelset(&unblock, signal);
        }
        pthread_sigmask(SIG_UNBLOCK, &unblock, nullptr);
    }

    bool start() {
        descriptor_ = Descriptor(signalfd(-1, &watched_, SFD_NONBLOCK | SFD_CLOEXEC));
        if (!descriptor_ || !backend_.add(descriptor_.get(), EPOLLIN, *this)) return false;
        is_added_ = true;
        pthread_sigmask(SIG_BLOCK, &watched_, &mask_before_);
        return true;
    }

 private:
    void handle_events(std::uint32_t) override {
        signalfd_siginfo info{};
        if (::read(descriptor_.get(), &info, sizeof(info)) != static_cast<ssize_t>(sizeof(info))) return;
        // The function is moved out while it runs, so that it survives a watch that it destroys.
        bool destroyed = false;
        destroyed_ = &destroyed;
        Function<void(int)> on_signal = std::move(on_signal_);
        on_signal(static_cast<int>(info.ssi_signo));
        if (destroyed) return;
        destroyed_ = nullptr;
        on_signal_ = std::move(on_signal);
    }

    EpollBackend& backend_;
    Function<void(int)> on_signal_;
    sigset_t watched_{};
    sigset_t mask_before_{};
    Descriptor descriptor_;
    bool* destroyed_ = nullptr;  // where to say that the function destroyed this
    bool is_added_ = false;
};

}  // namespace

Result<std::unique_ptr<SignalWatch>> EpollBackend::on_signals(std::span<const int> signals,
                                                              Function<void(int)> on_signal) {
    auto watch = std::make_unique<EpollSignalWatch>(*this, signals, std::move(on_signal));
    if (!watch->start()) return std::unexpected(system_error(errno, "a watch on signals"));
    return watch;
}

}  // namespace parley::net::detail
