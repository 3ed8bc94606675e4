// SPDX-License-Identifier: MIT
#include "parley/http/authority.hpp"

#include <cstddef>

#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"
#include "parley/http/ip_address.hpp"

namespace parley::http {
namespace {

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
        if (!parse_ipv6_address(literal) && !is_future_address(literal)) return std::nullopt;
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
