// SPDX-License-Identifier: MIT
#include "parley/server/engine_options.hpp"

#include <algorithm>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/http/origin.hpp"

namespace parley::server::detail {

namespace {

std::optional<engineio::CorsOptions> cors_options(const CorsOptions& cors) {
    const std::vector<std::string>& origins = cors.origin.list();
    if (origins.empty()) return std::nullopt;
    engineio::CorsOptions options;
    options.any_origin = std::ranges::find(origins, "*") != origins.end();
    for (const std::string& origin : options.any_origin ? std::vector<std::string>() : origins) {
        Result<std::string> canonical = http::canonical_origin(origin);
        if (!canonical) throw SetupError({canonical.error().code, "cors has " + canonical.error().message});
        options.origins.push_back(std::move(*canonical));
    }
    options.credentials = cors.credentials;
    options.methods = cors.methods;
    options.allowed_headers = cors.allowed_headers;
    options.exposed_headers = cors.exposed_headers;
    options.max_age = cors.max_age;
    return options;
}

std::optional<engineio::CookieOptions> cookie_options(const CookieOptions& cookie) {
    if (cookie.name.empty()) return std::nullopt;
    engineio::CookieOptions options;
    options.name = cookie.name;
    options.path = cookie.path;
    options.domain = cookie.domain;
    options.http_only = cookie.http_only;
    options.secure = cookie.secure;
    options.same_site = cookie.same_site;
    options.max_age = cookie.max_age;
    return options;
}

}  // namespace

engineio::Options engine_options(const ServerOptions& options) {
    const auto has = [&](Transport transport) {
        return std::ranges::find(options.transports, transport) != options.transports.end();
    };
    engineio::Options engine;
    engine.path = options.path.substr(0, options.path.find_last_not_of('/') + 1);
    engine.ping_interval = options.ping_interval;
    engine.ping_timeout = options.ping_timeout;
    engine.upgrade_timeout = options.upgrade_timeout;
    engine.max_http_buffer_size = options.max_http_buffer_size;
    engine.polling = has(Transport::polling);
    engine.websocket = has(Transport::websocket);
    engine.allow_upgrades = options.allow_upgrades;
    engine.cors = cors_options(options.cors);
    engine.cookie = cookie_options(options.cookie);
    engine.queue_bytes_max = options.queue_bytes_max;
    engine.turn_bytes_max = options.turn_bytes_max;
    engine.sessions_max = options.sessions_max;
    engine.sessions_per_address_max = options.sessions_per_address_max;
    engine.unconfirmed_sessions_max = options.unconfirmed_sessions_max;
    engine.confirm_timeout = options.confirm_timeout;
    engine.polling_requests_per_second_max = options.polling_requests_per_second_max;
    return engine;
}

}  // namespace parley::server::detail
