// SPDX-License-Identifier: MIT
#include "parley/web/cookie_sessions.hpp"

#include <cstddef>

#include "parley/base/text.hpp"
#include "parley/http/signed_value.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/web/exchange.hpp"

namespace parley {

namespace {

constexpr std::size_t key_bytes_min = 32;
constexpr std::size_t keys_max = 16;
constexpr std::size_t cookie_bytes_max = 4096;  // what browsers keep (RFC 6265 §6.1)

[[noreturn]] void refuse(std::string why) {
    throw SetupError({ErrorCode::invalid_argument, "CookieSessions: " + std::move(why)});
}

}  // namespace

CookieSessions::CookieSessions(CookieSessionOptions options) : options_(std::move(options)) {
    const std::vector<std::string>& keys = options_.keys.list();
    if (keys.empty()) refuse("a key to sign with is needed, as `openssl rand -hex 32` makes one.");
    if (keys.size() > keys_max) refuse("at most 16 keys are tried; remove those that are no longer in use.");
    for (const std::string& key : keys) {
        if (key.empty())
            refuse(
                "a key is empty: if it comes from the environment, is the variable set? `openssl rand -hex 32` makes "
                "one.");
        if (key.size() < key_bytes_min)
            refuse("a key has at least 32 characters, or it could be guessed; `openssl rand -hex 32` makes one.");
    }
    if (options_.max_age <= std::chrono::seconds(0) || options_.max_age > std::chrono::years(10))
        refuse("max_age is more than nothing, and at most ten years.");
    if (options_.same_site == http::SameSite::none && !options_.secure.value_or(true))
        refuse("browsers refuse a cookie with same_site none that is not secure.");
    const Result<std::string> line =
        http::serialize_cookie({.name = options_.name, .path = options_.path, .domain = options_.domain});
    if (!line) refuse(line.error().message + ".");
}

Result<std::string> CookieSessions::read_text(std::string_view cookies, std::chrono::sys_seconds now) const {
    const std::optional<std::string_view> sent = http::find_cookie(cookies, options_.name);
    if (!sent || sent->empty()) return std::unexpected(Error{ErrorCode::not_found, "there is no session"});
    return http::verify_value(*sent, options_.name, options_.keys.list(), now);
}

const Response& CookieSessions::clear(const Response& response) const {
    if (!response.is_open()) return response;
    http::Cookie forgotten = cookie(response);
    forgotten.max_age = std::chrono::seconds(0);
    forgotten.expires = std::chrono::sys_seconds();
    return response.cookie(std::move(forgotten));
}

void CookieSessions::write_text(const Response& response, std::string_view text) const {
    if (!response.is_open()) return;
    web::Exchange& exchange = web::Exchange::of(response);
    http::Cookie written = cookie(response);
    const std::chrono::sys_seconds expires = exchange.wall_time() + options_.max_age;
    written.value =
        http::sign_value({.purpose = options_.name, .value = text, .expires = expires}, options_.keys.list().front());
    written.max_age = options_.max_age;
    const Result<std::string> line = http::serialize_cookie(written);
    if (line && line->size() <= cookie_bytes_max) {
        exchange.add_header("Set-Cookie", *line, false);
        return;
    }
    exchange.report("the session '" + options_.name + "' was left out: it does not fit into a cookie of 4,096 octets");
}

http::Cookie CookieSessions::cookie(const Response& response) const {
    const Request& request = web::Exchange::of(response).request();
    // Who says so without a proxy makes his own cookie secure.
    const bool is_secure = options_.secure.value_or(request.secure() || options_.same_site == http::SameSite::none ||
                                                    equals_ignoring_case(request.header("X-Forwarded-Proto"), "https"));
    return {.name = options_.name,
            .path = options_.path,
            .domain = options_.domain,
            .http_only = options_.http_only,
            .secure = is_secure,
            .same_site = options_.same_site};
}

std::chrono::sys_seconds CookieSessions::time_of(const Request& request) {
    return web::Exchange::of(request).wall_time();
}

}  // namespace parley
