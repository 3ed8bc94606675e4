// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "parley/base/time_of.hpp"

namespace parley {

/// What a peer may do on a WebSocket beside sending messages of a size. Each bound has its close code, in brackets; a
/// peer that goes beyond is closed at once.
struct WebSocketLimits {
    std::uint32_t fragments_max = 16'384;              ///< frames of one message [1008]
    std::uint32_t control_burst_max = 60;              ///< pings, pongs and frames without data, at once [1008]
    std::uint32_t control_per_second_max = 20;         ///< and in the long run [1008]
    Milliseconds frame_timeout{30'000};                ///< from the first octet of a frame to its last [1008]
    std::uint32_t frame_bytes_per_second_min = 4'096;  ///< and a frame may take as much longer as this pace gives it
    Milliseconds close_timeout{5'000};                 ///< from our close frame to the peer's [reported as 1006]
};

namespace websocket {

/// No option may allow a larger message.
inline constexpr std::size_t message_bytes_possible = std::size_t{1} << 30;

/// Why these limits cannot be, in one sentence that begins with `name`; empty when they can.
[[nodiscard]] std::string check_limits(const WebSocketLimits& limits, const char* name);

}  // namespace websocket
}  // namespace parley
