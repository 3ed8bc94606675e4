// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace parley {

/// The HMAC-SHA-256 of `octets` under `key` (RFC 2104, FIPS 180-4): what only who knows the key can make.
///
/// Throws SetupError where libcrypto has been configured without SHA-256.
[[nodiscard]] std::array<std::byte, 32> hmac_sha256(std::string_view key, std::string_view octets);

/// Whether two values are the same, in a time that depends on their lengths only: for what an attacker may guess at.
[[nodiscard]] bool equals_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace parley
