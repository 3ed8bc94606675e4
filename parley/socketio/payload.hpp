// SPDX-License-Identifier: MIT
#pragma once

#include <expected>
#include <string>

#include "parley/socketio/failure.hpp"
#include "parley/socketio/limits.hpp"

namespace parley::socketio {

struct DecodedPacket;

/// Checks the payload of a scanned packet, whole and once: it must be JSON, of the shape that the packet's type wants,
/// its placeholders in range, its event name legal. Fills in `event_name`; `scratch` keeps a name that had escapes.
///
/// Source: Socket.IO protocol v5, "Packet encoding"; the rules are those of the official decoder: an event
/// whose payload is missing altogether has no name.
[[nodiscard]] std::expected<void, Failure> check_payload(DecodedPacket& packet, const Limits& limits,
                                                         std::string& scratch);

}  // namespace parley::socketio
