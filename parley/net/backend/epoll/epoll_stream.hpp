// SPDX-License-Identifier: MIT
#pragma once

#include "parley/net/backend/epoll/epoll_backend.hpp"
#include "parley/net/backend/readiness_stream.hpp"

namespace parley::net::detail {

/// A TCP connection on epoll: the system calls of a stream.
class EpollStream final : public ReadinessStream, private Pollable {
 public:
    EpollStream(Loop& loop, Descriptor socket, const Endpoint& peer);
    ~EpollStream() override;

    [[nodiscard]] Endpoint peer() const override { return peer_; }
    [[nodiscard]] Endpoint local() const override;

 private:
    void handle_events(std::uint32_t events) override;

    StreamWorkspace& workspace() override { return backend().workspace(); }
    Transfer receive_some(std::span<char> into) override;
    Transfer send_some(std::span<const std::string_view> pieces) override;
    void send_end() override;
    int take_error() override;
    bool watch(Interest interest) override;
    std::unique_ptr<DetachedStream> give_away() override;
    void release() override;

    [[nodiscard]] EpollBackend& backend() { return static_cast<EpollBackend&>(loop().backend()); }

    Descriptor socket_;
    Endpoint peer_;
    bool is_added_ = false;
};

}  // namespace parley::net::detail
