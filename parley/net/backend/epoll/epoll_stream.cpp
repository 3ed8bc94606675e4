// SPDX-License-Identifier: MIT
#include "parley/net/backend/epoll/epoll_stream.hpp"

#include <memory>
#include <utility>

namespace parley::net::detail {
namespace {

class DetachedEpollStream final : public DetachedStream {
 public:
    explicit DetachedEpollStream(const Endpoint& peer) : peer_(peer) {}

    Descriptor socket;

 private:
    std::unique_ptr<Stream> attach(Loop& loop) override {
        return std::make_unique<EpollStream>(loop, std::move(socket), peer_);
    }

    Endpoint peer_;
};

}  // namespace

EpollStream::EpollStream(Loop& loop, Descriptor socket, const Endpoint& peer)
    : ReadinessStream(loop), socket_(std::move(socket)), peer_(peer) {}

EpollStream::~EpollStream() {
    if (socket_) EpollStream::release();
}

Endpoint EpollStream::local() const {
    return local_endpoint(socket_.get());
}

void EpollStream::handle_events(std::uint32_t events) {
    handle_ready({.readable = (events & EPOLLIN) != 0,
                  .writable = (events & EPOLLOUT) != 0,
                  .ended = (events & EPOLLRDHUP) != 0,
                  .broken = (events & (EPOLLERR | EPOLLHUP)) != 0});
}

bool EpollStream::watch(Interest interest) {
    const std::uint32_t events =
        (interest.readable ? EPOLLIN : 0U) | (interest.writable ? EPOLLOUT : 0U) | (interest.end ? EPOLLRDHUP : 0U);
    if (is_added_) {
        backend().change(socket_.get(), events, *this);
    } else {
        is_added_ = backend().add(socket_.get(), events, *this);
    }
    return is_added_;
}

// What may fail comes first.
std::unique_ptr<DetachedStream> EpollStream::give_away() {
    auto detached = std::make_unique<DetachedEpollStream>(peer_);
    if (is_added_) backend().remove(socket_.get(), *this);
    is_added_ = false;
    detached->socket = std::move(socket_);
    return detached;
}

void EpollStream::release() {
    if (is_added_) backend().remove(socket_.get(), *this);
    socket_.reset();
}

}  // namespace parley::net::detail
