// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"

namespace parley::http {

/// Which requests from other sites carry the cookie.
enum class SameSite { unspecified, strict, lax, none };

/// A cookie to be set in the browser (RFC 6265 §4.1).
struct Cookie {
    std::string name{};   ///< a token
    std::string value{};  ///< any octets; leaves percent-encoded, as encodeURIComponent does
    std::string path{};
    std::string domain{};
    std::optional<std::chrono::seconds> max_age{};
    std::optional<std::chrono::sys_seconds> expires{};
    bool http_only = false;
    bool secure = false;
    bool partitioned = false;
    SameSite same_site = SameSite::unspecified;
};

/// The value of the Set-Cookie header for `cookie`. Refused: a name that is no token, a path or domain with a control
/// character, a semicolon or a comma.
[[nodiscard]] Result<std::string> serialize_cookie(const Cookie& cookie);

/// The value of the cookie `name` in a Cookie header, as it was sent but without quotes; the first one wins, because
/// browsers send the most specific first (RFC 6265 §5.4). Not percent-decoded. A view into `cookies`.
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view cookies, std::string_view name) noexcept;

/// The same decoded, as `serialize_cookie` encodes it; as it was sent where that is not possible. Empty without one.
[[nodiscard]] std::string cookie_value(std::string_view cookies, std::string_view name);

}  // namespace parley::http
