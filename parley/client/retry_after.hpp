// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace parley::client {

/// The seconds that a Retry-After header asks to wait, at most a day (RFC 9110 §10.2.3); 0 for none, and for a date.
[[nodiscard]] constexpr int parse_retry_after(std::string_view value) noexcept {
    constexpr int seconds_max = 24 * 60 * 60;
    int seconds = 0;
    for (const char c : value) {
        if (c < '0' || c > '9') return 0;
        seconds = seconds * 10 + (c - '0');
        if (seconds > seconds_max) return seconds_max;
    }
    return seconds;
}

}  // namespace parley::client
