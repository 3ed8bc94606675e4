// SPDX-License-Identifier: MIT
#include "parley/http/authority.hpp"

#include <cstddef>

#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"

namespace parley::http {
namespace {

// Four decimal numbers below 256, without leading zeros (RFC 3986 §3.2.2).
bool is_ipv4_address(std::string_view text) {
    for (int field = 0; field < 4; ++field) {
        const std::size_t dot = text.find('.');
        if ((dot == std::string_view::npos) != (field == 3)) return false;
        const std::string_view digits = text.substr(0, dot);
        if (digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return false;
        const std::optional<std::uint64_t> number = parse_decimal(digits);
        if (!number || *number > 255) return false;
        text.remove_prefix(field == 3 ? text.size() : dot + 1);
    }
    return true;
}

bool is_ipv6_group(std::string_view text) {
    if (text.empty() || text.size() > 4) return false;
    for (const char c : text) {
        if (hex_value(c) < 0) return false;
    }
    return true;
}

// The groups of one side of a "::", or of an address without one; -1 when it is malformed. Only the end of an address
// may be an IPv4 address, which stands for two groups.
int count_ipv6_groups(std::string_view text, bool is_end) {
    int groups = 0;
    while (!text.empty()) {
        const std::size_t colon = text.find(':');
        const std::string_view group = text.substr(0, colon);
        const bool is_last = colon == std::string_view::npos;
        if (is_last && is_end && is_ipv4_address(group)) return groups + 2;
        if (!is_ipv6_group(group)) return -1;
        ++groups;
        if (is_last) break;
        text.remove_prefix(colon + 1);
        if (text.empty()) return -1;
    }
    return groups;
}

// RFC 3986 §3.2.2: eight groups, or fewer around one "::".
bool is_ipv6_address(std::string_view text) {
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) return count_ipv6_groups(text, true) == 8;
    const int before = count_ipv6_groups(text.substr(0, gap), false);
    const int after = count_ipv6_groups(text.substr(gap + 2), true);
    return before >= 0 && after >= 0 && before + after <= 7;
}

// RFC 3986 §3.2.2: "v", a version, a dot, and what that version will mean.
bool is_future_address(std::string_view text) {
    if (text.size() < 4 || to_lower(text[0]) != 'v') return false;
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size()) return false;
    for (const char c : text.substr(1, dot - 1)) {
        if (hex_value(c) < 0) return false;
    }
    for (const char c : text.substr(dot + 1)) {
        if (c != ':' && !detail::is_character_of(detail::host_character, c)) return false;
    }
    return true;
}

// A name without empty labels; one dot at the end is the root and is fine. Commas are legal in a name and occur only
// where two hosts are listed, so they are refused; so is '%', which no resolver takes.
bool is_host_name(std::string_view text) {
    if (text.empty() || text.front() == '.' || text.find("..") != std::string_view::npos) return false;
    return detail::all_characters_of(detail::host_character, text) && text.find(',') == std::string_view::npos;
}

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) noexcept {
    Authority authority;
    std::size_t host_size = 0;
    if (text.starts_with('[')) {
        const std::size_t closing = text.find(']');
        if (closing == std::string_view::npos) return std::nullopt;
        const std::string_view literal = text.substr(1, closing - 1);
        if (!is_ipv6_address(literal) && !is_future_address(literal)) return std::nullopt;
        host_size = closing + 1;
    } else {
        host_size = text.find(':');
        if (!is_host_name(text.substr(0, host_size))) return std::nullopt;
    }
    authority.host = text.substr(0, host_size);
    text.remove_prefix(authority.host.size());
    if (text.empty()) return authority;
    if (text.front() != ':') return std::nullopt;
    text.remove_prefix(1);
    if (text.empty()) return authority;  // RFC 3986 §3.2.3: the port may be empty, which is the default one
    const std::optional<std::uint64_t> port = text.size() <= 5 ? parse_decimal(text) : std::nullopt;
    if (!port || *port > 65'535) return std::nullopt;
    authority.port = static_cast<std::uint16_t>(*port);
    return authority;
}

}  // namespace parley::http
