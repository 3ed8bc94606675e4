// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "parley/net/backend/readiness_listener.hpp"
#include "parley/net/backend/simulated/simulated_backend.hpp"
#include "parley/net/backend/simulated/simulated_connection.hpp"

namespace parley::net::detail {

/// A port of the simulated world.
class SimulatedListener final : public ReadinessListener, private SimulatedReady {
 public:
    SimulatedListener(Loop& loop, const Endpoint& endpoint, OnAccept on_accept);
    ~SimulatedListener() override;

    /// False when the port is taken.
    bool start(const ListenOptions& options);
    [[nodiscard]] Endpoint endpoint() const override { return endpoint_; }

    [[nodiscard]] Result<std::unique_ptr<Listener>> share(Loop& loop, OnAccept on_accept) const override;

    /// A connection has reached the port.
    void add(std::shared_ptr<SimulatedConnection> connection);

 private:
    void dispatch() override;
    Accepted accept_one() override;
    Accepted fail_one();
    bool turn_one_away() override;
    void watch(bool acceptable) override;

    [[nodiscard]] SimulatedBackend& backend() const { return static_cast<SimulatedBackend&>(loop_.backend()); }

    Loop& loop_;
    Endpoint endpoint_;
    ListenOptions options_;
    std::deque<std::shared_ptr<SimulatedConnection>> waiting_;
    bool is_watched_ = true;
};

}  // namespace parley::net::detail
