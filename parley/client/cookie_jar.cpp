// SPDX-License-Identifier: MIT
#include "parley/client/cookie_jar.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"
#include "parley/http/response.hpp"

namespace parley::client {
namespace {

std::pair<std::string_view, std::string_view> split(std::string_view text, char separator) {
    const std::size_t at = text.find(separator);
    if (at == std::string_view::npos) return {text, {}};
    return {text.substr(0, at), text.substr(at + 1)};
}

// RFC 6265 §5.2.2; as much as makes a difference.
std::optional<std::chrono::seconds> parse_max_age(std::string_view text) {
    constexpr std::int64_t seconds_max = 400LL * 24 * 60 * 60;
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    std::int64_t seconds = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        seconds = std::min(seconds * 10 + (c - '0'), seconds_max);
    }
    return std::chrono::seconds(is_negative ? 0 : seconds);
}

bool domain_matches(std::string_view host, std::string_view domain) {
    if (domain.starts_with('.')) domain.remove_prefix(1);
    if (domain.empty() || equals_ignoring_case(host, domain)) return true;
    return host.size() > domain.size() && host[host.size() - domain.size() - 1] == '.' &&
           equals_ignoring_case(host.substr(host.size() - domain.size()), domain);
}

bool path_matches(std::string_view path, std::string_view wanted) {
    if (!wanted.starts_with('/')) return true;  // the default path is that of the request
    if (!path.starts_with(wanted)) return false;
    return path.size() == wanted.size() || wanted.ends_with('/') || path[wanted.size()] == '/';
}

}  // namespace

struct CookieJar::Attributes {
    std::optional<std::chrono::sys_seconds> ends_at;
    bool is_for_us = true;
};

CookieJar::CookieJar(const http::Url& url, const CookieLimits& limits)
    : host_(url.host), path_(url.path), is_secure_(url.is_secure()), limits_(limits) {}

void CookieJar::take(std::string_view set_cookie, std::chrono::sys_seconds now) {
    const auto [pair, attribute_text] = split(set_cookie, ';');
    if (!pair.contains('=')) return;
    const auto [spaced_name, spaced_value] = split(pair, '=');
    const std::string_view name = trim_ows(spaced_name);
    const std::string_view value = trim_ows(spaced_value);
    if (!http::detail::is_token(name) || std::ranges::any_of(value, http::detail::is_forbidden_control)) return;
    const Attributes attributes = read_attributes(attribute_text, now);
    if (!attributes.is_for_us) return;
    std::erase_if(cookies_, [&](const Cookie& known) { return known.name == name || known.is_over(now); });
    Cookie cookie{std::string(name), std::string(value), attributes.ends_at};
    const bool is_too_much = cookies_.size() >= limits_.cookies_max || name.size() + value.size() > limits_.bytes_max;
    if (!is_too_much && !cookie.is_over(now)) cookies_.push_back(std::move(cookie));
}

// Max-Age counts before Expires, wherever they stand.
CookieJar::Attributes CookieJar::read_attributes(std::string_view text, std::chrono::sys_seconds now) const {
    Attributes attributes;
    std::optional<std::chrono::seconds> max_age;
    while (!text.empty()) {
        const auto [attribute, rest] = split(text, ';');
        text = rest;
        const auto [spaced_name, spaced_value] = split(attribute, '=');
        const std::string_view name = trim_ows(spaced_name);
        const std::string_view value = trim_ows(spaced_value);
        if (equals_ignoring_case(name, "max-age")) {
            max_age = parse_max_age(value);
        } else if (equals_ignoring_case(name, "expires")) {
            attributes.ends_at = http::parse_http_date(value);
        } else {
            attributes.is_for_us = attributes.is_for_us && is_for_us(name, value);
        }
    }
    if (max_age) attributes.ends_at = now + *max_age;
    return attributes;
}

bool CookieJar::is_for_us(std::string_view name, std::string_view value) const {
    if (equals_ignoring_case(name, "secure")) return is_secure_;
    if (equals_ignoring_case(name, "domain")) return domain_matches(host_, value);
    return !equals_ignoring_case(name, "path") || path_matches(path_, value);
}

std::vector<HttpHeader> CookieJar::add_to(std::vector<HttpHeader> headers, std::chrono::sys_seconds now) const {
    std::string cookies;
    for (const Cookie& cookie : cookies_) {
        if (cookie.is_over(now)) continue;
        if (!cookies.empty()) cookies += "; ";
        cookies.append(cookie.name).append("=").append(cookie.value);
    }
    if (cookies.empty()) return headers;
    const auto own = std::ranges::find_if(
        headers, [](const HttpHeader& header) { return equals_ignoring_case(header.name, "cookie"); });
    if (own == headers.end()) {
        headers.push_back({"Cookie", std::move(cookies)});
    } else {
        own->value += "; " + cookies;
    }
    return headers;
}

}  // namespace parley::client
