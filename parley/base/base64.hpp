// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"

namespace parley {

/// Octets that `octet_count` octets become in base64, padding included.
[[nodiscard]] constexpr std::size_t base64_size(std::size_t octet_count) noexcept {
    return (octet_count + 2) / 3 * 4;
}

/// Appends `octets` in the standard alphabet with padding (RFC 4648 §4).
void append_base64(std::string& out, std::string_view octets);

/// `octets` in the standard alphabet with padding (RFC 4648 §4).
[[nodiscard]] std::string base64_encode(std::string_view octets);

/// The octets that `text` stands for, in the standard or the URL-safe alphabet (RFC 4648 §4 and §5), padding optional.
///
/// White space, other characters, misplaced or too much padding, a lone last character and non-zero bits after the
/// last octet are errors, so that one value has one spelling per alphabet.
[[nodiscard]] Result<std::string> base64_decode(std::string_view text);

}  // namespace parley
