// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace parley {

/// Why a WebSocket connection ended.
enum class WebSocketCloseCause : std::uint8_t {
    closed_by_peer,   ///< the peer's Close frame came first
    closed_by_us,     ///< `close()` or `terminate()` was called, whether the peer answered or its time ran out
    protocol_error,   ///< the peer broke the protocol or a limit; it was told the code and the reason
    slow_consumer,    ///< the peer did not take what was sent
    timed_out,        ///< silence in spite of pings, or a frame that took too long
    connection_lost,  ///< the connection ended without a Close frame
};

}  // namespace parley
