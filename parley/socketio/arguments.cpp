// SPDX-License-Identifier: MIT
#include "parley/socketio/arguments.hpp"

#include <algorithm>
#include <limits>

namespace parley::socketio {

JsonReader open_arguments(const Event& event) {
    // How deep a payload may be was decided when it came in, and its attachments may be read once whatever their size.
    JsonLimits limits{.depth_max = std::numeric_limits<std::size_t>::max()};
    std::size_t attachment_bytes = 0;
    for (const BytesView attachment : event.attachments)
        attachment_bytes += attachment.size();
    limits.attachment_bytes_max = std::max(limits.attachment_bytes_max, attachment_bytes);
    JsonReader reader(event.data, event.attachments, limits);
    reader.enter_array_at(event.arguments_at);
    return reader;
}

}  // namespace parley::socketio
