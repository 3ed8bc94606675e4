// SPDX-License-Identifier: MIT
#include "parley/net/backend/epoll/epoll_stream.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "parley/net/backend/epoll/gather.hpp"
#include "parley/net/backend/epoll/socket_address.hpp"

namespace parley::net::detail {
namespace {

Transfer failed_transfer() {
    return errno == EAGAIN || errno == EWOULDBLOCK ? Transfer::would_block() : Transfer::failed(errno);
}

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

Transfer EpollStream::receive_some(std::span<char> into) {
    ssize_t count = 0;
    do {
        count = recv(socket_.get(), into.data(), into.size(), 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return failed_transfer();
    return count == 0 ? Transfer::ended() : Transfer::done(static_cast<std::size_t>(count));
}

Transfer EpollStream::send_some(std::span<const std::string_view> pieces) {
    const std::span<iovec> vectors = backend().vectors();
    std::size_t count = 1;
    if (pieces.size() == 1) {
        vectors[0] = {const_cast<char*>(pieces[0].data()), pieces[0].size()};
    } else {
        count = gather(pieces, backend().scratch(), vectors);
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    ssize_t sent = 0;
    do {
        sent = count == 1 ? send(socket_.get(), vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL)
                          : sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) return failed_transfer();
    std::size_t offered = 0;
    for (const iovec& vector : vectors.first(count))
        offered += vector.iov_len;
    return Transfer::sent(static_cast<std::size_t>(sent), offered);
}

void EpollStream::send_end() {
    shutdown(socket_.get(), SHUT_WR);
}

int EpollStream::take_error() {
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error == 0) return ECONNRESET;
    return error;
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
