// SPDX-License-Identifier: MIT
#include "parley/net/backend/epoll/epoll_backend.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "parley/net/system_error.hpp"

namespace parley::net::detail {
namespace {

// In milliseconds; rounded up, so that the loop does not wake just before there is something to do.
int milliseconds_of(Duration left) {
    const auto count = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::min<std::int64_t>(count, std::numeric_limits<int>::max()));
}

}  // namespace

EpollBackend::EpollBackend() : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    // Edge-triggered: each write wakes once, and nobody has to read the counter.
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
    if (!epoll_ || !wake_ || epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
        throw SetupError(system_error(errno, "the descriptors of an event loop"));
    }
}

EpollBackend::~EpollBackend() = default;

// Kernels before 5.11, and sandboxes that do not know the call, have no sleep that is exact: there a deadline may be
// late by a millisecond.
int EpollBackend::wait_exactly(Duration left) {
    const auto batch_max = static_cast<int>(batch_.size());
    if (sleeps_exactly_) {
        const timespec timeout = timespec_of(left);
        const int count = epoll_pwait2(epoll_.get(), batch_.data(), batch_max, &timeout, nullptr);
        if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
        sleeps_exactly_ = false;
    }
    return epoll_wait(epoll_.get(), batch_.data(), batch_max, milliseconds_of(left));
}

bool EpollBackend::wait(TimePoint now, TimePoint deadline) {
    const Duration left = deadline == TimePoint{} || deadline == no_deadline ? Duration::zero() : deadline - now;
    const int count = left > Duration::zero() ? wait_exactly(left)
                                              : epoll_wait(epoll_.get(), batch_.data(), static_cast<int>(batch_.size()),
                                                           deadline == no_deadline ? -1 : 0);
    batch_size_ = count > 0 ? static_cast<std::uint32_t>(count) : 0;
    workspace_.share_among(batch_size_);
    for (std::uint32_t i = 0; i < batch_size_; ++i) {
        if (auto* pollable = static_cast<Pollable*>(batch_[i].data.ptr)) pollable->ready_index = i;
    }
    return true;
}

void EpollBackend::dispatch() {
    for (std::uint32_t i = 0; i < batch_size_; ++i) {
        if (auto* pollable = static_cast<Pollable*>(batch_[i].data.ptr)) pollable->handle_events(batch_[i].events);
    }
    batch_size_ = 0;
}

void EpollBackend::wake() noexcept {
    const std::uint64_t one = 1;
    // It fails only when the counter is full, and then the loop is awake.
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof(one));
}

bool EpollBackend::add(int descriptor, std::uint32_t events, Pollable& pollable) {
    epoll_event event{.events = events, .data = {.ptr = &pollable}};
    return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void EpollBackend::change(int descriptor, std::uint32_t events, Pollable& pollable) {
    epoll_event event{.events = events, .data = {.ptr = &pollable}};
    epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, descriptor, &event);
}

// Closing alone would not do: a descriptor that a forked child still holds stays registered.
void EpollBackend::remove(int descriptor, Pollable& pollable) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
    const std::uint32_t index = pollable.ready_index;
    if (index < batch_size_ && batch_[index].data.ptr == &pollable) batch_[index].data.ptr = nullptr;
}

std::unique_ptr<Pending> EpollBackend::resolve(Loop& loop, std::string host, std::uint16_t port,
                                               OnResolved on_resolved) {
    if (resolver_ == nullptr) resolver_ = std::make_unique<Resolver>(loop);
    return resolver_->resolve(std::move(host), port, std::move(on_resolved));
}

}  // namespace parley::net::detail
