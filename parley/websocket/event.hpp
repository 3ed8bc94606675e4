// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "parley/websocket/close_cause.hpp"
#include "parley/websocket/close_code.hpp"
#include "parley/websocket/message.hpp"

namespace parley::websocket {

/// How a connection ended.
struct Closed {
    /// The peer's code when it sent a close frame (`no_status`: one without), the one we told it when it broke a rule,
    /// else `abnormal`.
    CloseCode code = CloseCode::abnormal;
    WebSocketCloseCause cause = WebSocketCloseCause::connection_lost;
    std::string_view reason;  ///< the peer's words, or ours about a violation; valid until the next call of the machine
};

/// One thing that happened on a connection.
struct Event {
    enum class Kind : std::uint8_t {
        message_received,  ///< `message`
        closed,            ///< `closed`; the last event. Send what the outbox holds, then close the stream.
    };
    Kind kind = Kind::message_received;
    Message message;
    Closed closed;
};

}  // namespace parley::websocket
