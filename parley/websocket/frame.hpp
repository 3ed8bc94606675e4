// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parley/base/outbox.hpp"
#include "parley/websocket/mask.hpp"

namespace parley::websocket {

/// What a frame is (RFC 6455 §5.2). The other ten values are reserved and refused.
enum class Opcode : std::uint8_t { continuation = 0x0, text = 0x1, binary = 0x2, close = 0x8, ping = 0x9, pong = 0xA };

[[nodiscard]] constexpr bool is_control(Opcode opcode) noexcept {
    return (static_cast<std::uint8_t>(opcode) & 0x8U) != 0;
}

/// The opcode of a frame that has RSV1 set, wherever a frame is written: "compressed" (RFC 7692 §6).
[[nodiscard]] constexpr Opcode with_rsv1(Opcode opcode) noexcept {
    return static_cast<Opcode>(static_cast<std::uint8_t>(opcode) | 0x40U);
}

/// The bit of a frame's second octet that says that a mask key follows the length (RFC 6455 §5.2).
inline constexpr std::uint8_t masked_bit = 0x80;

/// The payload of a control frame is at most this long (RFC 6455 §5.5).
inline constexpr std::size_t control_payload_bytes_max = 125;

/// A frame header is at most this long: two octets, eight of length, four of mask.
inline constexpr std::size_t frame_header_bytes_max = 14;

/// A frame without its payload (RFC 6455 §5.2).
struct FrameHeader {
    Opcode opcode = Opcode::continuation;
    bool is_final = false;
    bool rsv1 = false;  ///< "compressed" where permessage-deflate was negotiated (RFC 7692 §6), else a violation
    bool is_masked = false;
    std::uint8_t size = 0;  ///< octets that the header itself takes
    MaskKey key;            ///< of a masked frame
    std::uint64_t payload_size = 0;
};

/// What `decode_frame_header` found.
struct DecodedFrameHeader {
    enum class Status : std::uint8_t {
        complete,    ///< `header` is filled
        incomplete,  ///< nothing wrong so far, octets are missing
        invalid,     ///< a violation (close code 1002); `violation` says which, in words
    };
    Status status = Status::incomplete;
    FrameHeader header;
    std::string_view violation;
};

/// Reads the frame header that `octets` begin with, and judges what needs no context: reserved bits 2 and 3, reserved
/// opcodes, lengths that are not minimal or have the highest bit set, control frames that are fragmented or too long.
///
/// It fails with the first octet that cannot be continued. Whether RSV1 is allowed, whether the frame must be masked,
/// and every limit are the caller's questions.
[[nodiscard]] DecodedFrameHeader decode_frame_header(std::string_view octets) noexcept;

/// Octets of the header of an unmasked frame with `payload_size` octets.
[[nodiscard]] constexpr std::size_t frame_header_size(std::size_t payload_size) noexcept {
    if (payload_size <= 125) return 2;
    return payload_size <= 0xFFFF ? 4 : 10;
}

/// Octets of a whole unmasked frame.
[[nodiscard]] constexpr std::size_t frame_size(std::size_t payload_size) noexcept {
    return frame_header_size(payload_size) + payload_size;
}

/// Writes the header of a final, unmasked frame to `out`, which has room for it; returns the end of what was written.
char* write_frame_header(char* out, Opcode opcode, std::size_t payload_size) noexcept;

/// Writes a whole final, unmasked frame to `out`, which has room for `frame_size(payload.size())` octets; returns its
/// end. Made for a `SharedBuffer` that a broadcast encodes once.
char* write_frame(char* out, Opcode opcode, std::string_view payload) noexcept;

/// Appends a final, unmasked frame. No allocation but what the outbox may need.
void append_frame(Outbox& outbox, Opcode opcode, std::string_view payload);

/// The same for a payload in two parts: `prefix`, then `payload`. Who puts a type octet in front of a message needs no
/// copy of it.
void append_frame(Outbox& outbox, Opcode opcode, char prefix, std::string_view payload);

/// What a masked frame is, and its key.
struct MaskedFrame {
    Opcode opcode;
    MaskKey key;
};

/// Appends a final frame that is masked, as every frame of a client must be (RFC 6455 §5.1).
void append_frame(Outbox& outbox, MaskedFrame frame, std::string_view payload);
void append_frame(Outbox& outbox, MaskedFrame frame, char prefix, std::string_view payload);

}  // namespace parley::websocket
