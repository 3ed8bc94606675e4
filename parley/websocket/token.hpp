// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string_view>

#include "parley/base/text.hpp"

namespace parley::websocket::detail {

/// Whether `c` may stand in a token, the names of extensions and subprotocols (RFC 9110 §5.6.2).
constexpr bool is_token_character(char c) noexcept {
    const char lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || is_digit(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, is_token_character);
}

}  // namespace parley::websocket::detail
