// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace parley {

/// The SHA-1 digest of `octets` (FIPS 180-4 §6.1).
///
/// For the WebSocket handshake (RFC 6455 §1.3) and nothing else: it protects no secret. Throws SetupError where
/// libcrypto has been configured without SHA-1.
[[nodiscard]] std::array<std::byte, 20> sha1(std::string_view octets);

}  // namespace parley
