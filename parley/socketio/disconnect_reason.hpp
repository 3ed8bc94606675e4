// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "parley/json.hpp"

namespace parley {

/// Why a socket is gone. The words of `to_string` are the ones that the official documentation uses.
enum class DisconnectReason {
    server_namespace_disconnect,  ///< the server called `disconnect`
    client_namespace_disconnect,  ///< the client called `disconnect`
    server_shutting_down,         ///< the server was closed
    ping_timeout,                 ///< the client did not answer the heartbeat in time
    transport_close,              ///< the connection was closed: network change, tab closed
    transport_error,              ///< the connection failed, or a message was larger than allowed
    parse_error,                  ///< the client sent what is no Engine.IO packet
    forced_close,                 ///< the server closed the connection, also because of a bad packet
    slow_consumer,                ///< the client did not read what was sent to it (this library's own reason)
};

/// The reason in the official words, for example "transport close".
[[nodiscard]] std::string_view to_string(DisconnectReason reason);

/// A reason travels as its words, so that a handler may also take it as a `std::string`.
template <>
struct JsonCodec<DisconnectReason> {
    static bool read(JsonReader& reader, DisconnectReason& reason);
    static void write(JsonWriter& writer, DisconnectReason reason);
};

}  // namespace parley
