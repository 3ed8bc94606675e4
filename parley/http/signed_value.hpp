// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"

namespace parley::http {

/// A value that goes to a browser and comes back, for a use and until a time.
struct SignedValue {
    std::string_view purpose{};          ///< what one is signed for is refused for another: the cookie's name
    std::string_view value{};            ///< any octets; who holds it can read them
    std::chrono::sys_seconds expires{};  ///< not valid from then on
};

/// Longer ones are not looked at: it is more than a cookie can hold (RFC 6265 §6.1).
inline constexpr std::size_t signed_value_bytes_max = 4096;

/// `value.expires.code`, in base64 of the URL-safe alphabet (RFC 4648 §5) and decimal, where the code is the
/// HMAC-SHA-256 of the rest and the purpose: characters that a cookie can carry as they are.
[[nodiscard]] std::string sign_value(const SignedValue& value, std::string_view key);

/// The value in `text`, if it was signed for `purpose` with one of `keys` and is valid at `now`. Else an error:
/// `invalid_input`, or `timed_out` for one that was valid once.
[[nodiscard]] Result<std::string> verify_value(std::string_view text, std::string_view purpose,
                                               std::span<const std::string> keys, std::chrono::sys_seconds now);

}  // namespace parley::http
