// SPDX-License-Identifier: MIT
#include "parley/web/cors.hpp"

#include <utility>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/http/cors.hpp"

namespace parley {

namespace {

// A cache looks at more than the origin where others have said so already.
void set_headers(const Response& response, const std::vector<http::HeaderField>& headers) {
    for (const http::HeaderField& header : headers) {
        if (header.name == "Vary") {
            response.append(header.name, header.value);
        } else {
            response.set(header.name, header.value);
        }
    }
}

}  // namespace

web::Handler cors(const CorsOptions& options) {
    CorsOptions wanted = options;
    if (wanted.origin.list().empty()) wanted.origin = "*";
    Result<http::CorsRule> rule = http::make_cors_rule(wanted);
    if (!rule) throw SetupError(std::move(rule.error()));
    return [rule = std::move(*rule)](Request& request, Response& response, Next& next) {
        const http::OriginFacts facts =
            http::origin_facts(request.head(), request.host(), http::scheme_of(request.secure()));
        std::vector<http::HeaderField> headers;
        if (request.method() == "OPTIONS") {
            http::append_preflight_headers(headers, rule, facts, request.header("Access-Control-Request-Headers"));
            set_headers(response, headers);
            return response.status(204).end();
        }
        http::append_cors_headers(headers, rule, facts);
        set_headers(response, headers);
        next();
    };
}

}  // namespace parley
