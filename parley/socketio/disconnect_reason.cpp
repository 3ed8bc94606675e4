// SPDX-License-Identifier: MIT
#include "parley/socketio/disconnect_reason.hpp"

#include <string>

namespace parley {

std::string_view to_string(DisconnectReason reason) {
    switch (reason) {
        case DisconnectReason::server_namespace_disconnect:
            return "server namespace disconnect";
        case DisconnectReason::client_namespace_disconnect:
            return "client namespace disconnect";
        case DisconnectReason::server_shutting_down:
            return "server shutting down";
        case DisconnectReason::ping_timeout:
            return "ping timeout";
        case DisconnectReason::transport_close:
            return "transport close";
        case DisconnectReason::transport_error:
            return "transport error";
        case DisconnectReason::parse_error:
            return "parse error";
        case DisconnectReason::forced_close:
            return "forced close";
        case DisconnectReason::slow_consumer:
            return "slow consumer";
    }
    return "unknown";
}

bool JsonCodec<DisconnectReason>::read(JsonReader& reader, DisconnectReason& reason) {
    std::string words;
    if (!reader.read(words)) return false;
    for (int value = 0; value <= static_cast<int>(DisconnectReason::slow_consumer); ++value) {
        reason = static_cast<DisconnectReason>(value);
        if (to_string(reason) == words) return true;
    }
    return reader.mismatch("the words of a disconnect reason");
}

void JsonCodec<DisconnectReason>::write(JsonWriter& writer, DisconnectReason reason) {
    writer.value(to_string(reason));
}

}  // namespace parley
