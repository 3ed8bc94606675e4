// SPDX-License-Identifier: MIT
#include "parley/websocket/limits.hpp"

#include <utility>

namespace parley::websocket {

std::string check_limits(const WebSocketLimits& limits, const char* name) {
    const std::pair<const char*, bool> needed[] = {
        {"fragments_max", limits.fragments_max > 0},
        {"control_burst_max", limits.control_burst_max > 0},
        {"control_per_second_max", limits.control_per_second_max > 0},
        {"frame_timeout", limits.frame_timeout.count() > 0},
        {"frame_bytes_per_second_min", limits.frame_bytes_per_second_min > 0},
        {"close_timeout", limits.close_timeout.count() > 0},
    };
    for (const auto& [option, is_there] : needed) {
        if (!is_there) return std::string(name) + "." + option + " must be more than zero";
    }
    return {};
}

}  // namespace parley::websocket
