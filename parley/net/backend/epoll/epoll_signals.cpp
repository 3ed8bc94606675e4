// SPDX-License-Identifier: MIT
#include <cerrno>

#include "parley/net/backend/epoll/epoll_backend.hpp"
#include "parley/net/backend/posix/inbox_watch.hpp"
#include "parley/net/system_error.hpp"

namespace parley::net::detail {
namespace {

class EpollSignalWatch final : public InboxWatch, private Pollable {
 public:
    EpollSignalWatch(EpollBackend& backend, Function<void(int)> on_signal)
        : InboxWatch(std::move(on_signal)), backend_(backend) {}

    ~EpollSignalWatch() override {
        if (is_added_) backend_.remove(inbox().descriptor(), *this);
    }

    bool start(std::span<const int> signals) {
        if (!inbox().open(signals)) return false;
        return is_added_ = backend_.add(inbox().descriptor(), EPOLLIN, *this);
    }

 private:
    void handle_events(std::uint32_t) override { tell(); }

    EpollBackend& backend_;
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
