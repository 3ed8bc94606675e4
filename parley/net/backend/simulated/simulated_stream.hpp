// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "parley/net/backend/readiness_stream.hpp"
#include "parley/net/backend/simulated/simulated_backend.hpp"
#include "parley/net/backend/simulated/simulated_connection.hpp"

namespace parley::net::detail {

/// One side of a simulated connection, as a stream of a loop: the "system calls".
class SimulatedStream final : public ReadinessStream, private SimulatedReady {
 public:
    using Side = SimulatedConnection::Side;

    SimulatedStream(Loop& loop, std::shared_ptr<SimulatedConnection> connection, Side side);
    ~SimulatedStream() override;

    [[nodiscard]] Endpoint peer() const override { return connection_->endpoint(SimulatedConnection::other(side_)); }
    [[nodiscard]] Endpoint local() const override { return connection_->endpoint(side_); }

 private:
    void dispatch() override;
    [[nodiscard]] Readiness readiness() const;
    void look_at_readiness();

    StreamWorkspace& workspace() override { return backend().workspace(); }
    Transfer receive_some(std::span<char> into) override;
    Transfer send_some(std::span<const std::string_view> pieces) override;
    void send_end() override { connection_->send_end(side_); }
    int take_error() override;
    bool watch(Interest interest) override;
    std::unique_ptr<DetachedStream> give_away() override;
    void release() override;
    void leave_world();

    [[nodiscard]] SimulatedWorld& world() { return backend().world(); }
    [[nodiscard]] SimulatedBackend& backend() { return static_cast<SimulatedBackend&>(loop().backend()); }

    std::shared_ptr<SimulatedConnection> connection_;
    Side side_;
    bool is_released_ = false;
    bool is_watched_ = false;
    Interest watched_;
};

}  // namespace parley::net::detail
