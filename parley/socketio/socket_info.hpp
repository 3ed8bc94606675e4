// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "parley/json/json.hpp"

namespace parley::socketio {

/// What can be known of a socket anywhere.
struct SocketInfo {
    std::string id;
    std::vector<std::string> rooms = {};  ///< its id included
    Json handshake = {};                  ///< `{"headers", "address", "url", "query", "auth" ...}`, as officially
    Json data = {};                       ///< as it was
};

}  // namespace parley::socketio
