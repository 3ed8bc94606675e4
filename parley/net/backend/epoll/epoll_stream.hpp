// SPDX-License-Identifier: MIT
#pragma once

#include "parley/net/backend/epoll/epoll_backend.hpp"
#include "parley/net/backend/readiness_stream.hpp"

namespace parley::net::detail {

/// A TCP connection on epoll.
class EpollStream final : public ReadinessStream, private Pollable {
 public:
    EpollStream(Loop& loop, Descriptor socket, const Endpoint& peer);
    ~EpollStream() override;

    [[nodiscard]] Endpoint peer() const override { return peer_; }
    [[nodiscard]] Endpoint local() const override;

 private:
    void handle_events(std::uint32_t events) override;

    StreamWorkspace& workspace() override { return backend().workspace(); }
    Transfer receive_some(std::span<char> into) override { return receive_from(socket_.get(), into); }
    Transfer send_some(std::span<const std::string_view> pieces) override {
        return send_to(socket_.get(), pieces, backend().send_memory());
    }
    void send_end() override { detail::send_end(socket_.get()); }
    int take_error() override { return broken_by(socket_.get()); }
    bool watch(Interest interest) override;
    std::unique_ptr<DetachedStream> give_away() override;
    void release() override;

    [[nodiscard]] EpollBackend& backend() { return static_cast<EpollBackend&>(loop().backend()); }

    Descriptor socket_;
    Endpoint peer_;
    bool is_added_ = false;
};

}  // namespace parley::net::detail
