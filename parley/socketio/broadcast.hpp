// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "parley/base/shared_buffer.hpp"
#include "parley/socketio/selection.hpp"

namespace parley::socketio {

/// The arguments of a packet as they travel: nobody changes them, and any thread may hold them.
struct SharedArguments {
    SharedBuffer json;                           ///< the array, an event's name included
    std::vector<SharedBuffer> attachments = {};  ///< what its placeholders stand for, in order
};

/// An event on its way to many sockets of one namespace: a value that crosses loops, machines and time.
struct Broadcast {
    SharedArguments event;
    Selection to = {};
    /// Dropped for a recipient whose transport cannot take it at once.
    bool is_volatile = false;
    /// Where a recipient's transport can compress.
    bool compress = true;
    /// Set: each recipient is asked for an acknowledgement, and has so long to give it.
    std::optional<std::chrono::milliseconds> ack_timeout = {};
};

}  // namespace parley::socketio
