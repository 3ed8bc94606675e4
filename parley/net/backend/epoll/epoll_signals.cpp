// SPDX-License-Identifier: MIT
#include <bit>
#include <cerrno>

#include "parley/net/backend/epoll/epoll_backend.hpp"
#include "parley/net/backend/epoll/signal_inbox.hpp"
#include "parley/net/system_error.hpp"

namespace parley::net::detail {
namespace {

class EpollSignalWatch final : public SignalWatch, private Pollable {
 public:
    EpollSignalWatch(EpollBackend& backend, Function<void(int)> on_signal)
        : backend_(backend), on_signal_(std::move(on_signal)) {}

    ~EpollSignalWatch() override {
        if (destroyed_ != nullptr) *destroyed_ = true;
        if (is_added_) backend_.remove(inbox_.descriptor(), *this);
    }

    bool start(std::span<const int> signals) {
        if (!inbox_.open(signals)) return false;
        return is_added_ = backend_.add(inbox_.descriptor(), EPOLLIN, *this);
    }

 private:
    // The function is moved out while it runs, so that it survives a watch that it destroys.
    void handle_events(std::uint32_t) override {
        std::uint64_t arrived = inbox_.take();
        bool destroyed = false;
        destroyed_ = &destroyed;
        Function<void(int)> on_signal = std::move(on_signal_);
        for (; arrived != 0 && !destroyed; arrived &= arrived - 1)
            on_signal(std::countr_zero(arrived) + 1);
        if (destroyed) return;
        destroyed_ = nullptr;
        on_signal_ = std::move(on_signal);
    }

    EpollBackend& backend_;
    Function<void(int)> on_signal_;
    SignalInbox inbox_;
    bool* destroyed_ = nullptr;  // where to say that the function destroyed this
    bool is_added_ = false;
};

}  // namespace

Result<std::unique_ptr<SignalWatch>> EpollBackend::on_signals(std::span<const int> signals,
                                                              Function<void(int)> on_signal) {
    auto watch = std::make_unique<EpollSignalWatch>(*this, std::move(on_signal));
    if (!watch->start(signals)) return std::unexpected(system_error(errno, "a watch on signals"));
    return watch;
}

}  // namespace parley::net::detail
