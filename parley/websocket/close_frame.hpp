// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

#include "parley/base/outbox.hpp"
#include "parley/websocket/close_code.hpp"
#include "parley/websocket/event.hpp"
#include "parley/websocket/frame.hpp"
#include "parley/websocket/frame_writer.hpp"

namespace parley::websocket::detail {

/// The longest reason that fits a close frame beside the code (RFC 6455 §5.5).
inline constexpr std::size_t close_reason_bytes_max = control_payload_bytes_max - 2;

/// What a received close frame with this payload says: the peer's code and words, or which rule it breaks (RFC 6455
/// §5.5.1 and §7.4). The reason is a view of `payload`.
[[nodiscard]] Closed judge_close_payload(std::string_view payload, WebSocketCloseCause cause) noexcept;

/// Whether a close frame can say this: a code that may be sent, and a reason that is UTF-8 and short enough.
[[nodiscard]] bool can_close_with(CloseCode code, std::string_view reason) noexcept;

/// Appends a close frame; a reason that is too long is cut.
void append_close(const FrameWriter& frames, Outbox& outbox, CloseCode code, std::string_view reason);

}  // namespace parley::websocket::detail
