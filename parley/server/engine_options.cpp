// SPDX-License-Identifier: MIT
#include "parley/server/engine_options.hpp"

#include <algorithm>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/http/cors.hpp"
#include "parley/websocket/deflate_parameters.hpp"

namespace parley::server::detail {

namespace {

std::optional<http::CorsRule> cors_rule(const CorsOptions& cors) {
    if (cors.origin.list().empty()) return std::nullopt;
    Result<http::CorsRule> rule = http::make_cors_rule(cors);
    if (!rule) throw SetupError(std::move(rule.error()));
    return std::move(*rule);
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
        return std::ranges::find(options.transports.list(), transport) != options.transports.list().end();
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
    engine.cors = cors_rule(options.cors);
    engine.cookie = cookie_options(options.cookie);
    engine.close_timeout = options.close_timeout;
    engine.queue_bytes_max = options.queue_bytes_max;
    engine.turn_bytes_max = options.turn_bytes_max;
    engine.sessions_max = options.sessions_max;
    engine.sessions_per_address_max = options.sessions_per_address_max;
    engine.unconfirmed_sessions_max = options.unconfirmed_sessions_max;
    engine.confirm_timeout = options.confirm_timeout;
    engine.polling_requests_per_second_max = options.polling_requests_per_second_max;
    return engine;
}

engine::WebSocketOptions engine_websocket_options(const ServerOptions& options, std::size_t loops) {
    return {.limits = options.websocket,
            .stall_timeout = options.stall_timeout,
            .per_message_deflate = websocket::share_of(options.per_message_deflate, loops)};
}

ServerOptions checked(ServerOptions options) {
    constexpr std::size_t json_depth_possible = 1'024;
    const auto refuse = [](std::string problem) {
        throw SetupError({ErrorCode::invalid_argument, std::move(problem)});
    };
    const std::pair<const char*, bool> needed[] = {
        {"connect_timeout", options.connect_timeout.count() > 0},
        {"room_bytes_max", options.room_bytes_max > 0},
        {"namespace_bytes_max", options.namespace_bytes_max > 0},
        {"event_name_bytes_max", options.event_name_bytes_max > 0},
        {"json_depth_max", options.json_depth_max > 0},
        {"attachments_timeout", options.attachments_timeout.count() > 0},
        {"refused_connects_max", options.refused_connects_max > 0},
        {"connects_per_window_max", options.connects_per_window_max > 0},
        {"connect_window", options.connect_window.count() > 0},
        {"close_timeout", options.close_timeout.count() > 0},
        {"stall_timeout", options.stall_timeout.count() > 0},
    };
    for (const auto& [name, is_there] : needed)
        if (!is_there) refuse(std::string(name) + " must be more than zero");
    if (options.json_depth_max > json_depth_possible) refuse("json_depth_max can be 1,024 at most");
    if (options.max_http_buffer_size > websocket::message_bytes_possible)
        refuse("max_http_buffer_size can be 1,073,741,824 at most");
    if (std::string problem = websocket::check_limits(options.websocket, "websocket"); !problem.empty())
        refuse(std::move(problem));
    if (std::string problem = websocket::check_deflate(options.per_message_deflate, "per_message_deflate");
        !problem.empty())
        refuse(std::move(problem));
    return options;
}

}  // namespace parley::server::detail
