// SPDX-License-Identifier: MIT
#include "parley/engineio/options.hpp"

#include <cstddef>

#include "parley/http/cookie.hpp"

namespace parley::engineio {

std::string path_prefix(const Options& options) {
    std::string prefix = options.path;
    if (prefix.ends_with('/')) prefix.pop_back();
    if (options.add_trailing_slash) prefix.push_back('/');
    return prefix;
}

namespace {

std::string check_cookie(const CookieOptions& cookie) {
    http::Cookie trial;
    trial.name = cookie.name;
    trial.path = cookie.path;
    trial.domain = cookie.domain;
    const Result<std::string> header = http::serialize_cookie(trial);
    return header ? std::string() : "the cookie option cannot be used: " + header.error().message;
}

}  // namespace

std::string check_options(const Options& options) {
    if (!options.path.starts_with('/')) return "path must begin with a slash, like /socket.io/";
    if (!options.polling && !options.websocket) return "transports must name polling, websocket or both";
    if (options.ping_interval.count() <= 0 || options.ping_timeout.count() <= 0)
        return "ping_interval and ping_timeout must be more than zero";
    if (options.upgrade_timeout.count() <= 0) return "upgrade_timeout must be more than zero";
    if (options.confirm_timeout.count() <= 0) return "confirm_timeout must be more than zero";
    if (options.sessions_max == 0) return "sessions_max must be more than zero";
    if (options.max_http_buffer_size == 0) return "max_http_buffer_size must be more than zero";
    if (options.packets_per_turn == 0) return "packets_per_turn must be more than zero";
    if (options.cors) {
        if (std::string problem = http::check_cors_rule(*options.cors); !problem.empty()) return problem;
    }
    if (options.cookie) return check_cookie(*options.cookie);
    return {};
}

}  // namespace parley::engineio
