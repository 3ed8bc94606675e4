// SPDX-License-Identifier: MIT
#include <cerrno>
#include <optional>
#include <string>

#include "parley/net/backend/epoll/epoll_backend.hpp"
#include "parley/net/backend/epoll/epoll_stream.hpp"
#include "parley/net/system_error.hpp"

namespace parley::net::detail {
namespace {

/// A connection attempt: waits for the socket to become writable, which is when the handshake is over.
class EpollConnect final : public Pending, private Pollable {
 public:
    EpollConnect(Loop& loop, const Endpoint& endpoint, OnConnected on_connected)
        : loop_(loop),
          endpoint_(endpoint),
          on_connected_(std::move(on_connected)),
          timeout_(loop, [this] { tell_error(ETIMEDOUT); }),
          failure_(loop, [this] { tell_error(error_); }) {}
    /// To a Unix-domain socket.
    EpollConnect(Loop& loop, const std::string& path, OnConnected on_connected)
        : EpollConnect(loop, Endpoint(), std::move(on_connected)) {
        path_ = path;
    }
    ~EpollConnect() override { forget_socket(); }

    void start(Duration timeout) {
        socket_ = path_ ? begin_to_connect(*path_) : begin_to_connect(endpoint_);
        if (!socket_) return fail_later(errno);
        is_added_ = backend().add(socket_.get(), EPOLLOUT, *this);
        if (!is_added_) return fail_later(errno);
        timeout_.start(timeout);
    }

 private:
    void tell_error(int error) {
        tell(std::unexpected(path_ ? connect_error(error, *path_) : connect_error(error, endpoint_)));
    }

    void fail_later(int error) {
        error_ = error;
        failure_.schedule();
    }

    void handle_events(std::uint32_t) override {
        const int error = path_ ? result_of_connecting(socket_.get()) : result_of_connecting(socket_.get(), endpoint_);
        if (error != 0) return tell_error(error);
        backend().remove(socket_.get(), *this);
        is_added_ = false;
        tell(std::make_unique<EpollStream>(loop_, std::move(socket_), endpoint_));
    }

    // The function is moved out: it may destroy this.
    void tell(Result<std::unique_ptr<Stream>> result) {
        timeout_.stop();
        forget_socket();
        OnConnected on_connected = std::move(on_connected_);
        on_connected(std::move(result));
    }

    void forget_socket() {
        if (is_added_) backend().remove(socket_.get(), *this);
        is_added_ = false;
        socket_.reset();
    }

    [[nodiscard]] EpollBackend& backend() { return static_cast<EpollBackend&>(loop_.backend()); }

    Loop& loop_;
    Endpoint endpoint_;
    std::optional<std::string> path_;  // instead, for a Unix-domain socket
    OnConnected on_connected_;
    Timer timeout_;
    TurnTask failure_;
    Descriptor socket_;
    int error_ = 0;
    bool is_added_ = false;
};

}  // namespace

std::unique_ptr<Pending> EpollBackend::connect(Loop& loop, const Endpoint& endpoint, const ConnectOptions& options,
                                               OnConnected on_connected) {
    auto attempt = std::make_unique<EpollConnect>(loop, endpoint, std::move(on_connected));
    attempt->start(options.timeout);
    return attempt;
}

std::unique_ptr<Pending> EpollBackend::connect_local(Loop& loop, const std::string& path, const ConnectOptions& options,
                                                     OnConnected on_connected) {
    auto attempt = std::make_unique<EpollConnect>(loop, path, std::move(on_connected));
    attempt->start(options.timeout);
    return attempt;
}

}  // namespace parley::net::detail
