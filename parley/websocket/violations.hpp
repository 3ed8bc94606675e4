// SPDX-License-Identifier: MIT
#pragma once

#include "parley/websocket/event.hpp"

namespace parley::websocket::detail {

// What a peer can do wrong. What a frame header alone can break has its words in decode_frame_header.

constexpr Closed protocol_error(std::string_view reason) noexcept {
    return {CloseCode::protocol_error, WebSocketCloseCause::protocol_error, reason};
}

constexpr Closed over_limit(std::string_view reason) noexcept {
    return {CloseCode::policy_violation, WebSocketCloseCause::protocol_error, reason};
}

inline constexpr Closed unknown_rsv1 = protocol_error("RSV1 is set without an extension");
inline constexpr Closed misplaced_rsv1 = protocol_error("RSV1 is set on a frame that begins no message");
inline constexpr Closed not_masked = protocol_error("a frame is not masked");
inline constexpr Closed masked = protocol_error("a frame of a server is masked");
inline constexpr Closed stray_continuation = protocol_error("a continuation without a message");
inline constexpr Closed message_in_message = protocol_error("a message inside a fragmented message");
inline constexpr Closed half_a_close_code = protocol_error("a close frame with half a code");
inline constexpr Closed bad_close_code = protocol_error("a close code that must not be sent");
inline constexpr Closed not_utf8{CloseCode::invalid_payload, WebSocketCloseCause::protocol_error,
                                 "text that is not UTF-8"};
inline constexpr Closed not_deflate{CloseCode::invalid_payload, WebSocketCloseCause::protocol_error,
                                    "a compressed message that is not DEFLATE"};
inline constexpr Closed too_big{CloseCode::message_too_big, WebSocketCloseCause::protocol_error,
                                "the message is too big"};
inline constexpr Closed too_many_fragments = over_limit("too many fragments");
inline constexpr Closed too_many_control_frames = over_limit("too many control frames");
inline constexpr Closed frame_too_slow{CloseCode::policy_violation, WebSocketCloseCause::timed_out,
                                       "a frame took too long"};

}  // namespace parley::websocket::detail
