// SPDX-License-Identifier: MIT
#include "parley/http/origin.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "parley/base/text.hpp"
#include "parley/http/authority.hpp"
#include "parley/http/ip_address.hpp"

namespace parley::http {
namespace {

constexpr std::string_view scheme_separator = "://";
constexpr std::string_view only_these = "it is scheme, host and port only, like https://chat.example";

std::unexpected<Error> refuse(std::string_view configured, std::string_view why) {
    return std::unexpected(Error{ErrorCode::invalid_argument, "an origin that no browser sends: \"" +
                                                                  std::string(configured) + "\"; " + std::string(why)});
}

std::string in_small_letters(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), to_lower);
    return lower;
}

// RFC 3986 §3.1.
bool is_scheme(std::string_view text) {
    if (text.empty()) return false;
    const auto is_letter = [](char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; };
    return is_letter(text.front()) && std::ranges::all_of(text, [&](char c) {
               return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
           });
}

std::optional<std::uint16_t> default_port(std::string_view scheme) {
    if (scheme == "http") return 80;
    if (scheme == "https") return 443;
    return std::nullopt;
}

// An origin of a program's own scheme: nothing is known about its hosts but what cannot stand in one.
bool is_opaque_host(std::string_view text) {
    return text.find_first_of("/?#@\\<>^|\"`{}") == std::string_view::npos;
}

}  // namespace

Result<std::string> canonical_origin(std::string_view configured) {
    if (configured == "null") return std::string(configured);
    if (configured.empty() || !is_origin_well_formed(configured))
        return refuse(configured, "write it like https://chat.example, an international name as xn--...");
    const std::size_t scheme_end = configured.find(scheme_separator);
    if (scheme_end == std::string_view::npos || !is_scheme(configured.substr(0, scheme_end)))
        return refuse(configured, only_these);
    const std::string scheme = in_small_letters(configured.substr(0, scheme_end));
    const std::string_view rest = configured.substr(scheme_end + scheme_separator.size());
    if (scheme == "ws" || scheme == "wss")
        return refuse(configured, "a page that opens a WebSocket is of http:// or https://");
    std::string canonical = scheme + std::string(scheme_separator);
    const std::optional<std::uint16_t> usual_port = default_port(scheme);
    if (!usual_port) {
        if (!is_opaque_host(rest)) return refuse(configured, only_these);
        return canonical.append(rest);
    }

    const std::optional<Authority> authority = parse_authority(rest);
    if (!authority) return refuse(configured, only_these);
    const std::string host = in_small_letters(authority->host);
    if (host.starts_with('[')) {
        const std::optional<Ipv6Groups> groups = parse_ipv6_address(host.substr(1, host.size() - 2));
        if (!groups) return refuse(configured, only_these);
        canonical.append("[").append(short_form(*groups)).append("]");
    } else if (ends_in_number(host) && !is_ipv4_address(host)) {
        return refuse(configured, "write an IPv4 address as four decimal numbers");
    } else {
        canonical.append(host);
    }
    if (authority->port && authority->port != usual_port) append_decimal(canonical.append(":"), *authority->port);
    return canonical;
}

bool is_origin_well_formed(std::string_view origin) noexcept {
    return std::ranges::all_of(origin, [](char c) { return c > ' ' && c < '\x7f'; });
}

// Behind a proxy that ends the TLS, the scheme and the default port of the page are not ours: only where the TLS ended
// here is the scheme known.
bool is_own_origin(std::string_view origin, std::string_view host, ConnectionScheme scheme) noexcept {
    const std::size_t scheme_end = origin.find(scheme_separator);
    if (scheme_end == std::string_view::npos) return false;
    const std::string_view page_scheme = origin.substr(0, scheme_end);
    const std::optional<std::uint16_t> usual_port = default_port(page_scheme);
    if (!usual_port || (scheme == ConnectionScheme::https && page_scheme != "https")) return false;

    const std::optional<Authority> page = parse_authority(origin.substr(scheme_end + scheme_separator.size()));
    const std::optional<Authority> own = parse_authority(host);
    if (!page || !own) return false;
    return equals_ignoring_case(page->host, own->host) &&
           page->port.value_or(*usual_port) == own->port.value_or(*usual_port);
}

}  // namespace parley::http
