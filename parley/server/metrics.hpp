// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "parley/engineio/transport.hpp"
#include "parley/server/observer.hpp"
#include "parley/socketio/disconnect_reason.hpp"
#include "parley/web/observer.hpp"

namespace parley {

namespace server::detail {
class MetricsTable;
}

/// What has happened in an application and its Socket.IO server, counted, in the text that Prometheus reads.
///
/// Name it as the observer of both (`ApplicationOptions::observer`, `ServerOptions::observer`), and make it before
/// them: it must outlive them. Each thread counts for itself, so that counting costs about as much as adding to a
/// number. An `OperatorPort` shows it.
class Metrics final : public ApplicationObserver, public ServerObserver {
 public:
    Metrics();
    ~Metrics() override;
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// Appends what was counted so far. Any thread.
    void append_to(std::string& text) const;

    void on_accepted(std::size_t loop) override;
    void on_refused(std::size_t loop) override;
    void on_request_done(std::size_t loop, const RequestSummary& request) override;
    void on_websocket_opened(std::size_t loop) override;
    void on_websocket_closed(std::size_t loop, WebSocketCloseCause cause) override;
    void on_websocket_received(std::size_t loop, std::size_t octets) override;
    void on_websocket_sent(std::size_t loop, std::size_t octets) override;
    void on_websocket_broadcast(std::size_t loop, std::size_t recipients, std::size_t octets) override;
    void on_backlog(std::size_t loop, std::size_t octets) override;
    void on_shed(std::size_t loop) override;
    void on_slow_turn(std::size_t loop, Duration took) override;

    void on_session_opened(std::size_t loop, engineio::Transport transport) override;
    void on_session_upgraded(std::size_t loop) override;
    void on_session_closed(std::size_t loop, DisconnectReason cause) override;
    void on_message_received(std::size_t loop, std::size_t octets) override;
    void on_message_sent(std::size_t loop, std::size_t octets) override;
    void on_broadcast(std::size_t loop, const BroadcastSummary& broadcast) override;
    void on_counted(std::size_t loop, ServerFact fact) override;

 private:
    const std::unique_ptr<server::detail::MetricsTable> table_;
};

}  // namespace parley
