// SPDX-License-Identifier: MIT
#pragma once

#include "parley/json.hpp"
#include "parley/socketio/disconnect_reason.hpp"

namespace parley {

using socketio::DisconnectReason;
using socketio::to_string;

/// A reason travels as its words, so that a handler may also take it as a `std::string`.
template <>
struct JsonCodec<DisconnectReason> {
    static bool read(JsonReader& reader, DisconnectReason& reason);
    static void write(JsonWriter& writer, DisconnectReason reason);
};

}  // namespace parley
