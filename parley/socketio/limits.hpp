// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>

#include "parley/base/time.hpp"

namespace parley::socketio {

class ReassemblyBudget;

/// What one peer may make us hold. Each bound ends in a `Failure` of kind `limit`, unless it says something else.
struct Limits {
    /// Attachments of one packet. Official peers (socket.io-parser 4.2.6 and later) refuse more than ten, too.
    std::size_t attachments_max = 10;
    /// Octets of one packet: its text and all of its attachments.
    std::size_t packet_bytes_max = 11'000'000;
    /// Arrays and objects within each other in a payload, the array of the arguments included.
    std::size_t json_depth_max = 128;
    /// Octets of the auth object of a CONNECT, which is kept as long as its socket. A larger one is answered with
    /// CONNECT_ERROR.
    std::size_t auth_bytes_max = 16'384;
    /// Octets of a namespace's name, the leading slash included.
    std::size_t namespace_bytes_max = 255;
    /// Octets of an event's name, escapes resolved.
    std::size_t event_name_bytes_max = 255;
    /// Namespaces that one connection may be in or on its way into. One more is answered with CONNECT_ERROR.
    std::size_t namespaces_max = 16;
    /// CONNECTs of one connection that may be refused without an accepted one in between; after that many any further
    /// CONNECT fails the connection.
    std::size_t refused_connects_max = 16;
    /// CONNECTs of one connection within `Options::connect_window`: joining and leaving over and over is a flood.
    std::size_t connects_per_window_max = 32;
};

/// How one connection is treated.
struct Options {
    Limits limits{};
    /// How long a connection may be in no namespace: from its start, and again after it left the last one.
    Duration connect_timeout = std::chrono::seconds(45);
    /// How long a packet may wait for its attachments.
    Duration attachments_timeout = std::chrono::seconds(30);
    /// The window of `Limits::connects_per_window_max`.
    Duration connect_window = std::chrono::seconds(10);
    /// What all connections together may keep of incomplete packets; null: only each alone is limited. Not owned.
    ReassemblyBudget* reassembly_budget = nullptr;
};

}  // namespace parley::socketio
