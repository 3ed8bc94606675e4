// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"

namespace parley::engineio {

/// What a server says in its open packet (Engine.IO protocol v4, "Handshake").
struct Greeting {
    std::string sid;
    bool offers_websocket = false;  ///< among the upgrades
    std::chrono::milliseconds ping_interval{};
    std::chrono::milliseconds ping_timeout{};
    std::size_t max_payload = 0;  ///< octets that a POST should have at most; 0: nothing was said
};

/// Reads the JSON of an open packet. What a client cannot live with is an error: no sid, one that cannot stand in a
/// query, intervals that are no positive numbers up to a day.
[[nodiscard]] Result<Greeting> parse_greeting(std::string_view json);

}  // namespace parley::engineio
