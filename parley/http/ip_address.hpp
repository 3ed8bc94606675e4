// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::http {

/// The eight groups of an IPv6 address, first to last.
using Ipv6Groups = std::array<std::uint16_t, 8>;

/// Whether this is four decimal numbers below 256, without leading zeros (RFC 3986 §3.2.2).
[[nodiscard]] bool is_ipv4_address(std::string_view text) noexcept;

/// Whether the last label of `host`, in small letters, is a number: such a host is an IPv4 address or nothing, and
/// browsers send it as four numbers (URL §3.5, "ends in a number").
[[nodiscard]] bool ends_in_number(std::string_view host) noexcept;

/// Reads an IPv6 address, without brackets: eight groups, or fewer around one `::`; an IPv4 address may stand for the
/// last two (RFC 3986 §3.2.2). Nothing when it is anything else.
[[nodiscard]] std::optional<Ipv6Groups> parse_ipv6_address(std::string_view text) noexcept;

/// An IPv6 address as browsers write it: small letters, `::` for the first longest row of zeros (URL §3.5).
[[nodiscard]] std::string short_form(const Ipv6Groups& groups);

}  // namespace parley::http
