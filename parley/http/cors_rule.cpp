// SPDX-License-Identifier: MIT
//
// What a program says about other origins, judged when it starts.
#include "parley/http/cors.hpp"

#include <algorithm>
#include <utility>

#include "parley/http/characters.hpp"

namespace parley::http {

Result<CorsRule> make_cors_rule(const CorsOptions& options) {
    const std::vector<std::string>& origins = options.origin.list();
    CorsRule rule{.any_origin = std::ranges::find(origins, "*") != origins.end(),
                  .reflects_origin = options.origin.is_reflected(),
                  .credentials = options.credentials,
                  .methods = options.methods,
                  .allowed_headers = options.allowed_headers,
                  .exposed_headers = options.exposed_headers,
                  .max_age = options.max_age};
    for (const std::string& origin : rule.any_origin ? std::vector<std::string>() : origins) {
        Result<std::string> canonical = canonical_origin(origin);
        if (!canonical) return std::unexpected(Error{canonical.error().code, "cors has " + canonical.error().message});
        rule.origins.push_back(std::move(*canonical));
    }
    if (std::string problem = check_cors_rule(rule); !problem.empty())
        return std::unexpected(Error{ErrorCode::invalid_argument, std::move(problem)});
    return rule;
}

std::string check_cors_rule(const CorsRule& rule) {
    if (!rule.any_origin && rule.origins.empty())
        return "cors needs the origins that may connect; use \"*\" for all, or leave cors unset";
    if (rule.any_origin && !rule.reflects_origin && rule.credentials)
        return "cors.credentials cannot go with the origin \"*\": browsers refuse that. Name the origins that may send "
               "cookies, like https://chat.example.";
    for (const std::string& origin : rule.origins) {
        const Result<std::string> canonical = canonical_origin(origin);
        if (!canonical) return "cors has " + canonical.error().message;
        if (*canonical != origin)
            return "cors has an origin that no browser sends: \"" + origin + "\"; browsers write it " + *canonical;
    }
    for (const std::vector<std::string>* const names : {&rule.methods, &rule.allowed_headers, &rule.exposed_headers}) {
        for (const std::string& name : *names)
            if (!detail::is_token(name)) return "cors names no method or header: \"" + name + "\"";
    }
    return {};
}

}  // namespace parley::http
