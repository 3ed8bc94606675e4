// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace parley::engineio {

/// How the octets of a session travel.
enum class Transport : unsigned char { polling, websocket };

/// `polling` or `websocket`, as in the query parameter `transport`.
[[nodiscard]] constexpr std::string_view to_string(Transport transport) noexcept {
    return transport == Transport::polling ? "polling" : "websocket";
}

}  // namespace parley::engineio
