// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace parley::websocket {

/// Why a WebSocket connection ended, as a number (RFC 6455 §7.4). Applications may use 3000 to 4999 by a cast.
enum class CloseCode : std::uint16_t {
    normal = 1000,               ///< the purpose of the connection is fulfilled
    going_away = 1001,           ///< the server goes down, or the browser leaves the page
    protocol_error = 1002,       ///< the peer broke RFC 6455
    unsupported_data = 1003,     ///< a kind of message that the receiver cannot take
    no_status = 1005,            ///< the close frame carried no code; never sent
    abnormal = 1006,             ///< the connection ended without a close frame; never sent
    invalid_payload = 1007,      ///< text that is not UTF-8
    policy_violation = 1008,     ///< a rule of the receiver, when no other code fits
    message_too_big = 1009,      ///< a message above the receiver's limit
    mandatory_extension = 1010,  ///< the server did not negotiate what the client needs
    internal_error = 1011,       ///< the server met something unexpected
    service_restart = 1012,      ///< the server restarts
    try_again_later = 1013,      ///< the server is overloaded
    bad_gateway = 1014,          ///< a server behind this one answered badly
};

/// Whether a close frame may carry `code` (RFC 6455 §7.4.1, §7.4.2 and the registry of §11.7): 1000 to 1014 without
/// 1004, 1005 and 1006, and 3000 to 4999.
[[nodiscard]] constexpr bool may_be_sent(CloseCode code) noexcept {
    const auto number = static_cast<std::uint16_t>(code);
    if (number >= 3000 && number <= 4999) return true;
    return number >= 1000 && number <= 1014 && (number < 1004 || number > 1006);
}

}  // namespace parley::websocket
