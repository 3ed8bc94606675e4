// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "parley/json.hpp"

namespace parley {

/// Why a client is no longer connected. The words of `to_string` are the ones that the official client uses. After the
/// first two nothing is tried again until `connect()` is called.
enum class ClientDisconnectReason {
    io_server_disconnect,  ///< the server called `disconnect`
    io_client_disconnect,  ///< this program called `disconnect`
    ping_timeout,          ///< the server did not ping in time
    transport_close,       ///< the connection was closed
    transport_error,       ///< the connection failed, or the server broke a rule of the transport
    parse_error,           ///< the server sent what is no packet
};

/// The reason in the official words, for example "io server disconnect".
[[nodiscard]] std::string_view to_string(ClientDisconnectReason reason);

/// A reason travels as its words, so that a handler may also take it as a `std::string`.
template <>
struct JsonCodec<ClientDisconnectReason> {
    static bool read(JsonReader& reader, ClientDisconnectReason& reason);
    static void write(JsonWriter& writer, ClientDisconnectReason reason);
};

}  // namespace parley
