// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace parley {

/// Whether `name` belongs to the library (`connect`, `disconnect`, `newListener` ...): such an event is never sent, and
/// a peer that sends one breaks the protocol. `error` is an ordinary name.
[[nodiscard]] constexpr bool is_reserved_event(std::string_view name) noexcept {
    switch (name.size()) {
        case 7:
            return name == "connect";
        case 10:
            return name == "disconnect";
        case 11:
            return name == "newListener";
        case 13:
            return name == "connect_error" || name == "disconnecting";
        case 14:
            return name == "removeListener";
        default:
            return false;
    }
}

}  // namespace parley
