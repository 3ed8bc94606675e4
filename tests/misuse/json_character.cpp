// SPDX-License-Identifier: MIT
// expect: parley: a character is neither a text nor a number in JSON: use std::string, or an integer type such as
// std::uint8_t
#include <parley/json.hpp>

void misuse(std::string_view text) {
    static_cast<void>(parley::parse_json<std::optional<char>>(text));
}
