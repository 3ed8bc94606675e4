// SPDX-License-Identifier: MIT
#include "parley/engineio/cors.hpp"

#include <algorithm>
#include <utility>

namespace parley::engineio {

namespace {

std::string join(const std::vector<std::string>& items) {
    std::string joined;
    for (const std::string& item : items) {
        if (!joined.empty()) joined.push_back(',');
        joined.append(item);
    }
    return joined;
}

bool is_listed(const CorsOptions& cors, std::string_view origin) {
    return std::find(cors.origins.begin(), cors.origins.end(), origin) != cors.origins.end();
}

// `Vary` says on which request headers the answer depends, so that no cache serves one origin's answer to another.
void append_origin(std::vector<HeaderField>& headers, const CorsOptions& cors, const OriginFacts& facts,
                   std::string& vary) {
    constexpr const char* allow_origin = "Access-Control-Allow-Origin";
    if (cors.any_origin) {
        headers.push_back({allow_origin, "*"});
        return;
    }
    vary = "Origin";
    if (cors.origins.size() == 1) {
        headers.push_back({allow_origin, cors.origins.front()});
    } else if (facts.origin && is_listed(cors, *facts.origin)) {
        headers.push_back({allow_origin, std::string(*facts.origin)});
    } else {
        return;
    }
    if (cors.credentials) headers.push_back({"Access-Control-Allow-Credentials", "true"});
}

void append_vary(std::vector<HeaderField>& headers, std::string vary) {
    if (!vary.empty()) headers.push_back({"Vary", std::move(vary)});
}

}  // namespace

bool is_origin_allowed(const CorsOptions& cors, const OriginFacts& facts) {
    return cors.any_origin || !facts.origin || is_listed(cors, *facts.origin) ||
           http::is_own_origin(*facts.origin, facts.host, facts.scheme);
}

void append_cors_headers(std::vector<HeaderField>& headers, const CorsOptions& cors, const OriginFacts& facts) {
    std::string vary;
    append_origin(headers, cors, facts, vary);
    append_vary(headers, std::move(vary));
    if (!cors.exposed_headers.empty()) headers.push_back({"Access-Control-Expose-Headers", join(cors.exposed_headers)});
}

void append_preflight_headers(std::vector<HeaderField>& headers, const CorsOptions& cors, const OriginFacts& facts,
                              std::string_view requested_headers) {
    std::string vary;
    append_origin(headers, cors, facts, vary);
    headers.push_back({"Access-Control-Allow-Methods", join(cors.methods)});
    if (!cors.allowed_headers.empty()) {
        headers.push_back({"Access-Control-Allow-Headers", join(cors.allowed_headers)});
    } else {
        vary.append(vary.empty() ? "" : ", ").append("Access-Control-Request-Headers");
        if (!requested_headers.empty())
            headers.push_back({"Access-Control-Allow-Headers", std::string(requested_headers)});
    }
    append_vary(headers, std::move(vary));
    if (cors.max_age) headers.push_back({"Access-Control-Max-Age", std::to_string(cors.max_age->count())});
}

}  // namespace parley::engineio
