// SPDX-License-Identifier: MIT
#include "parley/http/cookie.hpp"

#include <cstddef>

#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"
#include "parley/http/query.hpp"
#include "parley/http/response.hpp"

namespace parley::http {
namespace {

bool is_attribute_value(std::string_view text) {
    for (const char c : text) {
        if (detail::is_forbidden_control(c) || c == '\t' || c == ';' || c == ',') return false;
    }
    return true;
}

void append_same_site(std::string& out, SameSite same_site) {
    switch (same_site) {
        case SameSite::unspecified:
            return;
        case SameSite::strict:
            out.append("; SameSite=Strict");
            return;
        case SameSite::lax:
            out.append("; SameSite=Lax");
            return;
        case SameSite::none:
            out.append("; SameSite=None");
            return;
    }
}

std::string_view without_quotes(std::string_view value) {
    const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
    return is_quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

Result<std::string> serialize_cookie(const Cookie& cookie) {
    if (!detail::is_token(cookie.name))
        return std::unexpected(
            Error{ErrorCode::invalid_argument, "a cookie's name is letters, digits and !#$%&'*+-.^_`|~"});
    if (!is_attribute_value(cookie.path) || !is_attribute_value(cookie.domain))
        return std::unexpected(
            Error{ErrorCode::invalid_argument, "a cookie's path and domain have no control character, ';' or ','"});
    std::string out = cookie.name;
    out.push_back('=');
    append_percent_encoded(out, cookie.value);
    if (cookie.max_age) out.append("; Max-Age=").append(std::to_string(cookie.max_age->count()));
    if (!cookie.domain.empty()) out.append("; Domain=").append(cookie.domain);
    if (!cookie.path.empty()) out.append("; Path=").append(cookie.path);
    if (cookie.expires) out.append("; Expires=").append(http_date(*cookie.expires));
    if (cookie.http_only) out.append("; HttpOnly");
    if (cookie.secure) out.append("; Secure");
    if (cookie.partitioned) out.append("; Partitioned");
    append_same_site(out, cookie.same_site);
    return out;
}

std::optional<std::string_view> find_cookie(std::string_view cookies, std::string_view name) noexcept {
    while (!cookies.empty()) {
        std::string_view value = take_until(cookies, ';');
        const std::size_t equals = value.find('=');
        if (equals == std::string_view::npos || trim_ows(value.substr(0, equals)) != name) continue;
        value.remove_prefix(equals + 1);
        return without_quotes(trim_ows(value));
    }
    return std::nullopt;
}

std::string cookie_value(std::string_view cookies, std::string_view name) {
    const std::string_view sent = find_cookie(cookies, name).value_or(std::string_view());
    return percent_decode(sent).value_or(std::string(sent));
}

}  // namespace parley::http
