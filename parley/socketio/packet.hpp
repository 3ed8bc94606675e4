// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "parley/socketio/failure.hpp"
#include "parley/socketio/limits.hpp"

namespace parley::socketio {

/// The first character of a packet (Socket.IO protocol v5, "Packet types").
enum class PacketType : std::uint8_t {
    connect = 0,
    disconnect = 1,
    event = 2,
    ack = 3,
    connect_error = 4,
    binary_event = 5,
    binary_ack = 6,
};

/// The largest ack id: above it a JavaScript peer no longer counts exactly (2^53 - 1).
inline constexpr std::uint64_t ack_id_max = 9'007'199'254'740'991;

/// One packet without its attachments: `<type>[<attachment count>-][<namespace>,][<ack id>][<JSON>]`.
///
/// The views belong to whoever made the packet; a decoded one views the text it was decoded from.
struct Packet {
    PacketType type = PacketType::event;
    /// Not zero exactly in binary packets. `append_packet` turns an event or an ack with attachments into a binary one.
    std::size_t attachment_count = 0;
    /// With its leading slash; the root namespace is "/".
    std::string_view namespace_name = "/";
    std::optional<std::uint64_t> ack_id{};
    /// The payload's JSON text; empty: none.
    std::string_view data{};
};

/// Takes `text` apart, strictly from left to right, up to the payload, which is found but not looked into.
///
/// Linear in the size of `text`, allocates nothing. Stricter than the reference, which takes white space for zero: no
/// space before the payload, digits only in counts and ids, no id above `ack_id_max`, at least one attachment in a
/// binary packet, well-formed UTF-8 in the namespace. Source: Socket.IO protocol v5, "Packet encoding".
[[nodiscard]] std::expected<Packet, Failure> scan_packet(std::string_view text, const Limits& limits = {});

/// Appends `packet` in its wire form. With empty `data`, arguments may be written behind it in place.
void append_packet(std::string& out, const Packet& packet);

/// Appends the CONNECT that answers a peer's: `0{"sid":"..."}`.
void append_connect(std::string& out, std::string_view namespace_name, std::string_view sid);

/// Appends a CONNECT_ERROR: `4{"message":"...","data":...}`. `data_json` is JSON text; empty: no such member.
void append_connect_error(std::string& out, std::string_view namespace_name, std::string_view message,
                          std::string_view data_json = {});

/// Appends a DISCONNECT: `1` or `1/admin,`.
void append_disconnect(std::string& out, std::string_view namespace_name);

/// Whether a namespace of this name can exist on the wire: a leading slash, no comma, well-formed UTF-8.
[[nodiscard]] bool is_namespace_name(std::string_view name);

}  // namespace parley::socketio
