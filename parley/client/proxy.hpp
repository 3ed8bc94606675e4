// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "parley/base/error.hpp"
#include "parley/client/dial_options.hpp"
#include "parley/http/url.hpp"

namespace parley::client {

/// Somebody who connects to a server for us.
struct Proxy {
    enum class Kind : unsigned char { http, socks5 };

    Kind kind = Kind::http;
    http::Url url;  ///< host, port, and who asks; nothing else of it counts
};

/// Reads a proxy as an option or the environment names it; one without a scheme is an HTTP proxy.
[[nodiscard]] Result<Proxy> parse_proxy(std::string_view text);

/// Whether `rule` (see `DialOptions::no_proxy`) means the server of `url`.
[[nodiscard]] bool is_without_proxy(const http::Url& url, std::string_view rule) noexcept;

/// The variables of a process: null for one that is not set.
using Environment = const char* (*)(const char* name);

/// The proxy that the server of `url` is reached through, if any.
[[nodiscard]] Result<std::optional<Proxy>> choose_proxy(const http::Url& url, const DialOptions& options,
                                                        Environment environment);

}  // namespace parley::client
