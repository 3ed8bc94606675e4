// SPDX-License-Identifier: MIT
#pragma once

#include "parley/json/reader.hpp"
#include "parley/socketio/connection.hpp"

namespace parley::socketio {

/// A reader within the array of arguments of an `event_received`, behind the name, or of an `ack_received`.
///
///     JsonReader reader = open_arguments(event);
///     while (reader.next_element()) reader.read(...);
///
/// It borrows what `event` views. The text has been validated, so it can only fail by not having the type asked for.
[[nodiscard]] JsonReader open_arguments(const Event& event);

}  // namespace parley::socketio
