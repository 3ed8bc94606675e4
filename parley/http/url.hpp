// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"

namespace parley::http {

/// What a URL is about.
enum class UrlScheme : unsigned char { http, https, ws, wss };

/// Who asks, as a URL may say before its host: decoded, so any octet may be in it.
struct UserInformation {
    std::string user;
    std::string password;

    friend bool operator==(const UserInformation&, const UserInformation&) = default;
};

/// Where a client connects to, and what it asks for there: an absolute URL, checked and in one spelling.
///
/// Made by `parse_url`, so that every text in it may go into a request as it is. Owns its texts.
struct Url {
    UrlScheme scheme = UrlScheme::http;
    std::string host;         ///< a name or an address in small letters; IPv6 in its short form, without brackets
    std::uint16_t port = 80;  ///< that of the scheme where the URL has none
    std::string path = "/";   ///< not decoded, without `.` and `..`; begins with `/`
    std::optional<std::string> query{};  ///< what follows the `?`, not decoded
    std::optional<UserInformation> user_information{};

    /// Whether the way is to be encrypted: https and wss.
    [[nodiscard]] bool is_secure() const noexcept { return scheme == UrlScheme::https || scheme == UrlScheme::wss; }

    /// Whether this is the URL of a WebSocket: ws and wss.
    [[nodiscard]] bool is_websocket() const noexcept { return scheme == UrlScheme::ws || scheme == UrlScheme::wss; }

    /// What the header Host says: the port only where it is not that of the scheme, IPv6 in brackets (RFC 9110 §7.2).
    [[nodiscard]] std::string host_header() const;

    /// Host and port in any case, for proxies and for messages: `[::1]:80`.
    [[nodiscard]] std::string host_and_port() const;

    /// What the request line asks for: path and query (RFC 9112 §3.2.1).
    [[nodiscard]] std::string target() const;

    /// The origin as a header says it, `http` or `https` also for a WebSocket: what shares connections and secrets.
    [[nodiscard]] std::string origin() const;

    /// The whole URL, but for the user and the password: for messages and logs.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const Url&, const Url&) = default;
};

/// How long a URL may be.
struct UrlLimits {
    std::size_t url_bytes_max = 8'000;  ///< beyond: `ErrorCode::limit_exceeded`
};

/// Reads an absolute URL strictly (RFC 3986 §3): http, https, ws or wss, a host, and nothing that a request line cannot
/// say. The fragment is dropped and dot segments are taken out of the path.
///
/// Refused with a sentence that says what to write instead: other schemes, no host, spaces and control characters,
/// letters beyond ASCII (write `%C3%A9`, and names as `xn--...`), an IPv4 address in another form than four decimal
/// numbers, port 0. The messages never contain the text, which may hold a password.
[[nodiscard]] Result<Url> parse_url(std::string_view text, const UrlLimits& limits = {});

/// What `reference` means on `base`, as the header Location gives it (RFC 3986 §5.2): an absolute URL, or a part of
/// one. Without user information, unless the reference has its own.
[[nodiscard]] Result<Url> resolve_url(const Url& base, std::string_view reference, const UrlLimits& limits = {});

}  // namespace parley::http
