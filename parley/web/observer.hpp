// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parley/base/time.hpp"
#include "parley/websocket/close_cause.hpp"

namespace parley {

/// A request that is over. The views are valid during the call that hands it out.
struct RequestSummary {
    std::string_view method = {};      ///< as it came; empty where no request could be read
    std::string_view target = {};      ///< path and query as they came
    int status = 0;                    ///< of the answer; 0: the peer went away before there was one
    std::uint64_t bytes_received = 0;  ///< of the request's body
    std::uint64_t bytes_sent = 0;      ///< of the answer's body; the peer need not have got them
    Duration duration{};               ///< from the turn in which it was complete to the one in which it is over
    bool is_complete = false;          ///< all of the answer was given out
};

/// What happens in an application, told to the program as it happens: for metrics and tracing. Override what is of
/// interest; the rest does nothing. It is an option, `ApplicationOptions::observer`, and must outlive the application.
///
/// `loop` is the number of the loop, counted from 0, on whose thread the call comes: with several, on several threads
/// at a time, so that what is one for all needs atomics, and what is kept for each loop nothing. A call comes in the
/// middle of the work: it counts, notes or passes on, and calls nothing of Parley but `post()`. What it throws is told
/// to `on_error` and goes no further. None comes once the application is destroyed, whose last connections end unsaid.
class ApplicationObserver {
 public:
    virtual ~ApplicationObserver() = default;

    /// A connection was accepted. Another loop may get it.
    virtual void on_accepted(std::size_t /*loop*/) {}
    /// A connection was answered 503: there are `connections_max`, or memory is scarce.
    virtual void on_refused(std::size_t /*loop*/) {}
    /// A request is over, those of a Socket.IO server included; one that became a WebSocket has 101.
    virtual void on_request_done(std::size_t /*loop*/, const RequestSummary& /*request*/) {}

    /// A connection of a `WebSocketServer` was opened, and ended.
    virtual void on_websocket_opened(std::size_t /*loop*/) {}
    virtual void on_websocket_closed(std::size_t /*loop*/, WebSocketCloseCause /*cause*/) {}
    /// A message of so many octets came in on one of them, and went out.
    virtual void on_websocket_received(std::size_t /*loop*/, std::size_t /*octets*/) {}
    virtual void on_websocket_sent(std::size_t /*loop*/, std::size_t /*octets*/) {}
    /// One message of so many octets was sent to so many of them, each of which is told by `on_websocket_sent`,
    /// too: on each loop that has any.
    virtual void on_websocket_broadcast(std::size_t /*loop*/, std::size_t /*recipients*/, std::size_t /*octets*/) {}

    /// Something is sent to a WebSocket, of a Socket.IO server or not, for which so many octets wait that it has not
    /// taken since an earlier turn.
    virtual void on_backlog(std::size_t /*loop*/, std::size_t /*octets*/) {}
    /// A peer was ended because `memory_max` was near.
    virtual void on_shed(std::size_t /*loop*/) {}
    /// A turn of the loop took longer than `slow_turn`.
    virtual void on_slow_turn(std::size_t /*loop*/, Duration /*took*/) {}
};

}  // namespace parley
