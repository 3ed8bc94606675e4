// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "parley/base/error.hpp"

namespace parley::http {

/// The origin as a browser writes it into the header `Origin` for an origin as a person writes it into an option.
///
/// Scheme and host in small letters, no default port, IPv6 addresses in their short form: what headers are compared
/// with, octet for octet. `null` is what opaque origins send. Schemes other than http and https are those of programs
/// with a browser inside (`capacitor://localhost`); they keep host and port as they are. Whatever no browser sends is
/// an error whose message begins with "an origin that no browser sends": a path, a trailing slash, user information, a
/// name in other than ASCII letters, an IPv4 address in other than four decimal numbers. HTML §7.1.1; URL §4.7.
[[nodiscard]] Result<std::string> canonical_origin(std::string_view configured);

/// Whether a value can be an `Origin` at all: visible ASCII only.
[[nodiscard]] bool is_origin_well_formed(std::string_view origin) noexcept;

/// How a request came, as far as this process knows.
enum class ConnectionScheme : unsigned char {
    either,  ///< http, but a proxy in front may have ended TLS
    https,   ///< TLS ended in this process
};
[[nodiscard]] constexpr ConnectionScheme scheme_of(bool is_secure) noexcept {
    return is_secure ? ConnectionScheme::https : ConnectionScheme::either;
}

/// Whether a page of this origin is one of this server: host and port are those of the header `Host`.
///
/// A port that is not written is the default one of the page's scheme, on both sides: `http://chat.example` is the
/// own origin of `Host: chat.example:80`.
[[nodiscard]] bool is_own_origin(std::string_view origin, std::string_view host, ConnectionScheme scheme) noexcept;

}  // namespace parley::http
