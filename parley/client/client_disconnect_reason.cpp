// SPDX-License-Identifier: MIT
#include "parley/client/client_disconnect_reason.hpp"

#include <string>

namespace parley {

std::string_view to_string(ClientDisconnectReason reason) {
    switch (reason) {
        case ClientDisconnectReason::io_server_disconnect:
            return "io server disconnect";
        case ClientDisconnectReason::io_client_disconnect:
            return "io client disconnect";
        case ClientDisconnectReason::ping_timeout:
            return "ping timeout";
        case ClientDisconnectReason::transport_close:
            return "transport close";
        case ClientDisconnectReason::transport_error:
            return "transport error";
        case ClientDisconnectReason::parse_error:
            return "parse error";
    }
    return "unknown";
}

bool JsonCodec<ClientDisconnectReason>::read(JsonReader& reader, ClientDisconnectReason& reason) {
    std::string words;
    if (!reader.read(words)) return false;
    for (int value = 0; value <= static_cast<int>(ClientDisconnectReason::parse_error); ++value) {
        reason = static_cast<ClientDisconnectReason>(value);
        if (to_string(reason) == words) return true;
    }
    return reader.mismatch("the words of a disconnect reason");
}

void JsonCodec<ClientDisconnectReason>::write(JsonWriter& writer, ClientDisconnectReason reason) {
    writer.value(to_string(reason));
}

}  // namespace parley
