// SPDX-License-Identifier: MIT
#include <cerrno>
#include <utility>

#include "parley/net/backend/epoll/epoll_backend.hpp"
#include "parley/net/backend/epoll/epoll_stream.hpp"
#include "parley/net/backend/posix/local_socket.hpp"
#include "parley/net/backend/readiness_listener.hpp"
#include "parley/net/system_error.hpp"

namespace parley::net::detail {
namespace {

class EpollListener final : public ReadinessListener, private Pollable {
 public:
    EpollListener(Loop& loop, Descriptor socket, std::string refusal, OnAccept on_accept)
        : ReadinessListener(loop, std::move(on_accept)),
          loop_(loop),
          socket_(std::move(socket)),
          refusal_(std::move(refusal)) {}
    /// The file goes with this.
    void own(LocalSocketFile file) { file_ = std::move(file); }
    ~EpollListener() override {
        if (is_added_) backend().remove(socket_.get(), *this);
    }

    // Of those that share the port, few are woken for a connection.
    bool start() { return is_added_ = backend().add(socket_.get(), EPOLLIN | EPOLLEXCLUSIVE, *this); }
    [[nodiscard]] Endpoint endpoint() const override { return local_endpoint(socket_.get()); }
    [[nodiscard]] Result<std::unique_ptr<Listener>> share(Loop& loop, OnAccept on_accept) const override;

 private:
    void handle_events(std::uint32_t) override { handle_ready(); }

    Accepted accept_one() override {
        SocketAddress peer;
        Descriptor socket = accept_from(socket_.get(), peer);
        if (socket) {
            return {Accepted::Kind::accepted, std::make_unique<EpollStream>(loop_, std::move(socket), peer.endpoint())};
        }
        return {kind_of(errno), nullptr};
    }

    static Accepted::Kind kind_of(int error) {
        switch (error) {
            case EAGAIN:
                return Accepted::Kind::none_waiting;
            case EMFILE:
            case ENFILE:
                return Accepted::Kind::no_descriptors;
            case EINTR:
            case ECONNABORTED:
            // accept(2): errors of the network under the connection that waited
            case ENETDOWN:
            case EPROTO:
            case ENOPROTOOPT:
            case EHOSTDOWN:
            case ENONET:
            case EHOSTUNREACH:
            case EOPNOTSUPP:
            case ENETUNREACH:
            case EPERM:
                return Accepted::Kind::gone;
            default:  // ENOBUFS, ENOMEM
                return Accepted::Kind::no_memory;
        }
    }

    bool turn_one_away() override {
        return backend().reserve().turn_one_away(socket_.get(), refusal_, backend().send_memory().scratch);
    }
    void watch(bool acceptable) override {
        if (!acceptable) {
            // Who is exclusive cannot be changed (epoll_ctl(2)).
            if (is_added_) backend().remove(socket_.get(), *this);
            is_added_ = false;
            return;
        }
        backend().reserve().renew();  // after a rest, before the connections take what is free
        if (!is_added_ && !start()) rest_again();
    }

    [[nodiscard]] EpollBackend& backend() { return static_cast<EpollBackend&>(loop_.backend()); }

    Loop& loop_;
    Descriptor socket_;
    std::string refusal_;
    LocalSocketFile file_;
    bool is_added_ = false;
};

Result<std::unique_ptr<EpollListener>> start_listening(Loop& loop, Descriptor socket, std::string refusal,
                                                       OnAccept on_accept) {
    const Endpoint endpoint = local_endpoint(socket.get());
    auto listener = std::make_unique<EpollListener>(loop, std::move(socket), std::move(refusal), std::move(on_accept));
    if (!listener->start()) return std::unexpected(listen_error(errno, endpoint));
    return listener;
}

Result<std::unique_ptr<Listener>> EpollListener::share(Loop& loop, OnAccept on_accept) const {
    Descriptor socket = duplicate(socket_.get());
    if (!socket) return std::unexpected(listen_error(errno, endpoint()));
    return start_listening(loop, std::move(socket), refusal_, std::move(on_accept));
}

}  // namespace

Result<std::unique_ptr<Listener>> EpollBackend::listen_local(Loop& loop, const std::string& path,
                                                             const LocalListenOptions& options, OnAccept on_accept) {
    Result<LocalSocket> made = open_local(path, options);
    if (!made) return std::unexpected(std::move(made.error()));
    auto listener = start_listening(loop, std::move(made->descriptor), options.refusal, std::move(on_accept));
    if (listener) (*listener)->own(std::move(made->file));
    return listener;
}

Result<std::unique_ptr<Listener>> EpollBackend::listen_handed_over(Loop& loop, std::string refusal,
                                                                   OnAccept on_accept) {
    Result<Descriptor> socket = take_handed_over();
    if (!socket) return std::unexpected(std::move(socket.error()));
    return start_listening(loop, std::move(*socket), std::move(refusal), std::move(on_accept));
}

Result<std::unique_ptr<Listener>> EpollBackend::listen(Loop& loop, const Endpoint& endpoint,
                                                       const ListenOptions& options, OnAccept on_accept) {
    Descriptor socket = open_listening(endpoint, options);
    const bool lacks_ipv6 = !socket && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL);
    if (lacks_ipv6 && !options.ipv6_only && endpoint == Endpoint::any(endpoint.port())) {
        socket = open_listening(Endpoint::ipv4({0, 0, 0, 0}, endpoint.port()), options);
    }
    if (!socket) return std::unexpected(listen_error(errno, endpoint));
    return start_listening(loop, std::move(socket), options.refusal, std::move(on_accept));
}

}  // namespace parley::net::detail
