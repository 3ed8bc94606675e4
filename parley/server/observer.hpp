// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parley/engineio/transport.hpp"
#include "parley/socketio/disconnect_reason.hpp"

namespace parley {

/// What a Socket.IO server counts: of each there is a member of `ServerCounters`, which says more.
enum class ServerFact : std::uint8_t {
    event_received,
    event_unhandled,
    handler_failed,
    payload_mismatched,
    answer_lost,
    packet_refused,
    ack_unexpected,
    ack_timed_out,
    volatile_dropped,
    session_refused,
    session_made_room,
    request_refused,
};

/// The name of the member of `ServerCounters`, as in `events_received`: good for a metric's label.
[[nodiscard]] std::string_view to_string(ServerFact fact) noexcept;

/// One event to many sockets of one loop. The view is valid during the call that hands it out.
struct BroadcastSummary {
    std::string_view namespace_name = {};
    std::size_t recipients = 0;  ///< for whom it was meant; one to whom a volatile event is not sent is counted apart
    std::size_t octets = 0;      ///< of the packet and its binary values, once
};

/// What happens in a Socket.IO server, told to the program as it happens: for metrics and tracing. Override what is of
/// interest; the rest does nothing. It is an option, `ServerOptions::observer`, and must outlive the server.
///
/// `loop`, threads, what a call may do and what becomes of its exceptions: as for an `ApplicationObserver`. None comes
/// once the server is destroyed, whose last sessions end unsaid.
class ServerObserver {
 public:
    virtual ~ServerObserver() = default;

    /// A client's session was opened over this transport.
    virtual void on_session_opened(std::size_t /*loop*/, engineio::Transport /*transport*/) {}
    /// It went from polling to a WebSocket.
    virtual void on_session_upgraded(std::size_t /*loop*/) {}
    /// It is over.
    virtual void on_session_closed(std::size_t /*loop*/, DisconnectReason /*cause*/) {}

    /// A message of Engine.IO came in, and went out: the text of a packet, or one of its binary values. What goes to a
    /// session that polls waits for its next poll.
    virtual void on_message_received(std::size_t /*loop*/, std::size_t /*octets*/) {}
    virtual void on_message_sent(std::size_t /*loop*/, std::size_t /*octets*/) {}
    /// An event was sent to all sockets of this loop that were selected, at least one. Its messages are told, too.
    virtual void on_broadcast(std::size_t /*loop*/, const BroadcastSummary& /*broadcast*/) {}

    /// Something was counted.
    virtual void on_counted(std::size_t /*loop*/, ServerFact /*fact*/) {}
};

}  // namespace parley
