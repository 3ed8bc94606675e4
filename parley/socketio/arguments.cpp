// SPDX-License-Identifier: MIT
#include "parley/socketio/arguments.hpp"

#include <limits>

namespace parley::socketio {

JsonReader open_arguments(const Event& event) {
    // How deep a payload may be was decided when it came in.
    const JsonLimits no_limit{.depth_max = std::numeric_limits<std::size_t>::max()};
    JsonReader reader(event.data, event.attachments, no_limit);
    reader.enter_array_at(event.arguments_at);
    return reader;
}

}  // namespace parley::socketio
