// SPDX-License-Identifier: MIT
#include "parley/socketio/arguments.hpp"

#include <limits>

namespace parley::socketio {

JsonReader open_arguments(const Event& event) {
    // How deep a payload may be was decided when it came in.
    const JsonLimits no_limit{.depth_max = std::numeric_limits<std::size_t>::max()};
    JsonReader reader(event.data, event.attachments, no_limit);
    reader.begin_array();
    // Only an event without a payload has an empty array, and no name in it.
    const bool has_name = event.kind == Event::Kind::event_received && event.data != "[]";
    if (has_name && reader.next_element()) reader.skip_value();
    return reader;
}

}  // namespace parley::socketio
