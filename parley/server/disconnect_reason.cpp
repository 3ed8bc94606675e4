// SPDX-License-Identifier: MIT
#include "parley/server/disconnect_reason.hpp"

#include <string>

namespace parley {

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
