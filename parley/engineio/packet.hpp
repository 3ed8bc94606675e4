// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::engineio {

/// The kinds of packet, valued by their digit on the wire (Engine.IO protocol v4, "Packet types").
enum class PacketType : std::uint8_t {
    open = 0,     ///< server to client: the handshake, as JSON
    close = 1,    ///< the sender ends the session
    ping = 2,     ///< server to client: heartbeat; client to server: only as the probe of an upgrade
    pong = 3,     ///< the answer to a ping
    message = 4,  ///< what the program sent
    upgrade = 5,  ///< client to server: from now on this WebSocket carries the session
    noop = 6,     ///< server to client: ends a poll that has nothing to deliver
};

/// A message of the program, as a view of somebody else's octets.
struct Message {
    std::string_view data;
    bool is_binary = false;
    bool compress = true;  ///< of one that is sent: false, where a transport that can compress should not
};

/// One packet, as a view of the octets it was decoded from. Only a message can be binary.
struct Packet {
    PacketType type{};
    std::string_view data;
    bool is_binary = false;
    bool compress = true;  ///< as with a message
};

/// The packet that brings a message.
[[nodiscard]] constexpr Packet packet_of(const Message& message) noexcept {
    return {PacketType::message, message.data, message.is_binary, message.compress};
}

/// The character that begins a packet of `type`.
[[nodiscard]] constexpr char to_char(PacketType type) noexcept {
    return static_cast<char>('0' + static_cast<char>(type));
}

/// The packet that a text WebSocket message carries: a digit, then data. Nothing when `text` is empty or does not begin
/// with the digit of a type.
///
/// A binary WebSocket message needs no decoding: all of it is the data of a message. Data is a view of `text`.
[[nodiscard]] std::optional<Packet> decode_packet(std::string_view text) noexcept;

}  // namespace parley::engineio
