// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace parley::socketio {

/// Which sockets of a namespace are meant.
struct Selection {
    /// Those of any of these rooms; none given: all. A socket's id is a room, too.
    std::vector<std::string> rooms = {};
    /// But not those of any of these.
    std::vector<std::string> except = {};
};

}  // namespace parley::socketio
