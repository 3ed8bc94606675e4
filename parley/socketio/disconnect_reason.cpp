// SPDX-License-Identifier: MIT
#include "parley/socketio/disconnect_reason.hpp"

namespace parley::socketio {

std::string_view to_string(DisconnectReason reason) {
    switch (reason) {
        case DisconnectReason::server_namespace_disconnect:
            return "server namespace disconnect";
        case DisconnectReason::client_namespace_disconnect:
            return "client namespace disconnect";
        case DisconnectReason::server_shutting_down:
            return "server shutting down";
        case DisconnectReason::ping_timeout:
            return "ping timeout";
        case DisconnectReason::transport_close:
            return "transport close";
        case DisconnectReason::transport_error:
            return "transport error";
        case DisconnectReason::parse_error:
            return "parse error";
        case DisconnectReason::forced_close:
            return "forced close";
        case DisconnectReason::slow_consumer:
            return "slow consumer";
    }
    return "unknown";
}

}  // namespace parley::socketio
