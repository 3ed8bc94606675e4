// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace parley::http {

/// A host with an optional port, as a Host header or the authority of a URL names it.
struct Authority {
    std::string_view host;  ///< name, IPv4 address, or IPv6 address in its brackets; not empty
    std::optional<std::uint16_t> port;
};

/// Reads `host` or `host:port` strictly (RFC 3986 §3.2): no user information, no empty host, no space, a port of digits
/// up to 65535, bracketed IPv6 literals that are IPv6 addresses. Nothing when it is anything else.
[[nodiscard]] std::optional<Authority> parse_authority(std::string_view text) noexcept;

}  // namespace parley::http
