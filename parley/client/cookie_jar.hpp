// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/client/http_message.hpp"
#include "parley/http/url.hpp"

namespace parley::client {

/// How much a server may have a client keep.
struct CookieLimits {
    std::size_t cookies_max = 64;
    std::size_t bytes_max = 4'096;  ///< of the name and value of one
};

/// The cookies that a server has set in one session, for the further requests of that session, which all go to one path
/// of one server (RFC 6265 §5). What is no cookie, or too much, is left out.
class CookieJar {
 public:
    /// For requests to `url`.
    CookieJar(const http::Url& url, const CookieLimits& limits);

    /// Takes the value of one Set-Cookie header: sets, replaces or ends a cookie.
    void take(std::string_view set_cookie, std::chrono::sys_seconds now);
    /// `headers` with the cookies of `now`, behind those that they have themselves.
    [[nodiscard]] std::vector<HttpHeader> add_to(std::vector<HttpHeader> headers, std::chrono::sys_seconds now) const;

 private:
    struct Cookie {
        std::string name;
        std::string value;
        std::optional<std::chrono::sys_seconds> ends_at;
        [[nodiscard]] bool is_over(std::chrono::sys_seconds now) const { return ends_at && *ends_at <= now; }
    };
    struct Attributes;
    [[nodiscard]] Attributes read_attributes(std::string_view text, std::chrono::sys_seconds now) const;
    [[nodiscard]] bool is_for_us(std::string_view name, std::string_view value) const;

    const std::string host_;
    const std::string path_;
    const bool is_secure_;
    const CookieLimits limits_;
    std::vector<Cookie> cookies_;
};

}  // namespace parley::client
