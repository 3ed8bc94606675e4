// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "parley/net/backend/simulated/simulated_connection.hpp"
#include "parley/net/backend/simulated/simulated_network.hpp"

namespace parley::net::detail {

/// The test's end of a connection: takes what arrives at once, and keeps what the window does not take yet.
class ScriptedPeer final : public SimulatedPeer {
 public:
    explicit ScriptedPeer(std::shared_ptr<SimulatedConnection> connection);

    void send(std::string_view octets) override;
    void on_activity(Function<void()> function) override { on_activity_ = std::move(function); }
    std::string& received() override { return received_; }
    void end() override;
    void close() override;
    void reset() override;
    void stop_reading() override { reads_ = false; }
    void resume_reading() override;
    [[nodiscard]] bool is_ended() const override { return connection_->is_ended(side); }
    [[nodiscard]] bool is_reset() const override { return connection_->is_reset(side); }
    [[nodiscard]] std::size_t unsent() const override { return waiting_.size(); }
    [[nodiscard]] Endpoint endpoint() const override { return connection_->endpoint(side); }

 private:
    static constexpr auto side = SimulatedConnection::client;

    void handle_change();
    void send_waiting();

    std::shared_ptr<SimulatedConnection> connection_;
    Function<void()> on_activity_;
    std::string received_;
    std::string waiting_;  // to be sent
    bool reads_ = true;
    bool ends_ = false;    // FIN when all is sent
    bool closes_ = false;  // and be gone then
};

}  // namespace parley::net::detail
