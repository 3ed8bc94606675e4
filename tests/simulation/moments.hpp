// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parley::simulation {

/// What must come about in some of many runs: where one of these never does, the runs say less than they seem to.
enum class Moment : std::uint8_t {
    ended_by_server,
    ended_by_client,
    ended_by_shutdown,
    ended_by_ping_timeout,
    ended_by_transport_close,
    ended_by_transport_error,
    ended_by_parse_error,
    ended_by_forced_close,
    ended_by_slow_consumer,
    end_and_timer_in_one_turn,
    two_ends_in_one_turn,
    upgraded,
    upgrade_failed,
    stopped_during_upgrade,
    stopped_during_request,
    restarted,
    cut_by_shutdown_timeout,
    server_destroyed_in_connection,
    server_destroyed_in_event,
    server_destroyed_in_end,
    server_destroyed_in_call,
    websockets_destroyed_in_message,
    websockets_destroyed_in_end,
    websocket_slow_consumer,
    websocket_lost,
    early_frame,
    accepting_failed,
    session_refused,
    session_made_room,
    peer_shed,
    memory_scarce,
    volatile_dropped,
    ack_timed_out,
    ack_disconnected,
    ack_refused,
    ack_late,
    answer_lost,
    answer_aborted,
    admission_refused,
    admission_lost,
    connect_again,
    call_cancelled,
    answered_408,
    answered_413,
    answered_500,
    answered_503,
    count_,
};

inline constexpr std::size_t moments_count = static_cast<std::size_t>(Moment::count_);

inline constexpr std::array<std::string_view, moments_count> moment_names{
    "a socket ended by the server",
    "a socket ended by its client",
    "a socket ended by a shutdown",
    "a socket ended by silence",
    "a socket ended with its transport",
    "a socket ended by an error of its transport",
    "a socket ended by a bad packet",
    "a socket ended by force",
    "a socket ended by reading too slowly",
    "an end and a timer in one turn",
    "two ends in one turn",
    "an upgrade",
    "an upgrade that failed",
    "a stop during an upgrade",
    "a stop while an answer is due",
    "another run behind a stop",
    "connections cut because the time to stop was over",
    "a server destroyed in a connection handler",
    "a server destroyed in an event handler",
    "a server destroyed in the handler of an end",
    "a server destroyed in a scheduled call",
    "a WebSocket server destroyed in a message handler",
    "a WebSocket server destroyed in the handler of an end",
    "a WebSocket closed for reading too slowly",
    "a WebSocket that ended without a goodbye",
    "a frame right behind an upgrade request",
    "an accept that failed",
    "a session refused",
    "a session that made room",
    "a peer shed for its memory",
    "memory that is scarce",
    "a volatile event dropped",
    "an acknowledgement timed out",
    "an acknowledgement ended by the end of its socket",
    "an acknowledgement too many",
    "an acknowledgement too late",
    "an acknowledgement lost by the program",
    "an answer aborted",
    "an admission refused",
    "an admission lost by the program",
    "a namespace left and joined again",
    "a call cancelled",
    "an answer 408",
    "an answer 413",
    "an answer 500",
    "an answer 503",
};

/// How often each has come about.
class Moments {
 public:
    void note(Moment moment) { ++counts_[static_cast<std::size_t>(moment)]; }
    [[nodiscard]] std::uint64_t count(std::size_t moment) const { return counts_[moment]; }

 private:
    std::array<std::uint64_t, moments_count> counts_{};
};

}  // namespace parley::simulation
