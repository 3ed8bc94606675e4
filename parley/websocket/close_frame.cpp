// SPDX-License-Identifier: MIT
#include "parley/websocket/close_frame.hpp"

#include <cstdint>

#include "parley/base/utf8.hpp"
#include "parley/websocket/violations.hpp"

namespace parley::websocket::detail {

// What a close frame with this payload says: the peer's words, or which rule it breaks.
Closed judge_close_payload(std::string_view payload, WebSocketCloseCause cause) noexcept {
    if (payload.empty()) return {CloseCode::no_status, cause, {}};
    if (payload.size() == 1) return half_a_close_code;
    const auto high = static_cast<std::uint8_t>(payload[0]);
    const auto code = static_cast<CloseCode>(high << 8 | static_cast<std::uint8_t>(payload[1]));
    if (!may_be_sent(code)) return bad_close_code;
    const std::string_view reason = payload.substr(2);
    return is_valid_utf8(reason) ? Closed{code, cause, reason} : not_utf8;
}

bool can_close_with(CloseCode code, std::string_view reason) noexcept {
    return may_be_sent(code) && reason.size() <= close_reason_bytes_max && is_valid_utf8(reason);
}

void append_close(const FrameWriter& frames, Outbox& outbox, CloseCode code, std::string_view reason) {
    char payload[control_payload_bytes_max];
    const auto number = static_cast<std::uint16_t>(code);
    payload[0] = static_cast<char>(number >> 8);
    payload[1] = static_cast<char>(number);
    const std::size_t size = reason.copy(payload + 2, close_reason_bytes_max);
    frames.append(outbox, Opcode::close, {payload, size + 2});
}

}  // namespace parley::websocket::detail
