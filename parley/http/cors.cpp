// SPDX-License-Identifier: MIT
#include "parley/http/cors.hpp"

#include <algorithm>
#include <utility>

#include "parley/base/text.hpp"

namespace parley::http {

namespace {

std::string join(const std::vector<std::string>& items) {
    std::string joined;
    for (const std::string& item : items) {
        if (!joined.empty()) joined.push_back(',');
        joined.append(item);
    }
    return joined;
}

bool is_listed(const CorsRule& rule, std::string_view origin) {
    return std::find(rule.origins.begin(), rule.origins.end(), origin) != rule.origins.end();
}

// `Vary` says on which request headers the answer depends, so that no cache serves one origin's answer to another.
void append_origin(std::vector<HeaderField>& headers, const CorsRule& rule, const OriginFacts& facts,
                   std::string& vary) {
    constexpr const char* allow_origin = "Access-Control-Allow-Origin";
    if (rule.any_origin && !rule.reflects_origin) {
        headers.push_back({allow_origin, "*"});
        return;
    }
    vary = "Origin";
    if (rule.reflects_origin && facts.origin && is_origin_well_formed(*facts.origin)) {
        headers.push_back({allow_origin, std::string(*facts.origin)});
    } else if (rule.origins.size() == 1) {
        headers.push_back({allow_origin, rule.origins.front()});
    } else if (facts.origin && is_listed(rule, *facts.origin)) {
        headers.push_back({allow_origin, std::string(*facts.origin)});
    } else {
        return;
    }
    if (rule.credentials) headers.push_back({"Access-Control-Allow-Credentials", "true"});
}

void append_vary(std::vector<HeaderField>& headers, std::string vary) {
    if (!vary.empty()) headers.push_back({"Vary", std::move(vary)});
}

}  // namespace

OriginFacts origin_facts(const RequestHead& head, std::string_view host, ConnectionScheme scheme) {
    // No page has two origins: this stands for several headers and is refused for its space.
    constexpr std::string_view several_origins = ", ";
    OriginFacts facts{.origin = std::nullopt, .host = host, .scheme = scheme};
    for (std::size_t i = 0; i < head.header_count(); ++i) {
        const Header header = head.header(i);
        if (!equals_ignoring_case(header.name, "origin")) continue;
        facts.origin = facts.origin ? several_origins : header.value;
    }
    return facts;
}

bool is_origin_allowed(const CorsRule& rule, const OriginFacts& facts) {
    return rule.any_origin || !facts.origin || is_listed(rule, *facts.origin) ||
           is_own_origin(*facts.origin, facts.host, facts.scheme);
}

void append_cors_headers(std::vector<HeaderField>& headers, const CorsRule& rule, const OriginFacts& facts) {
    std::string vary;
    append_origin(headers, rule, facts, vary);
    append_vary(headers, std::move(vary));
    if (!rule.exposed_headers.empty()) headers.push_back({"Access-Control-Expose-Headers", join(rule.exposed_headers)});
}

void append_preflight_headers(std::vector<HeaderField>& headers, const CorsRule& rule, const OriginFacts& facts,
                              std::string_view requested_headers) {
    std::string vary;
    append_origin(headers, rule, facts, vary);
    headers.push_back({"Access-Control-Allow-Methods", join(rule.methods)});
    if (!rule.allowed_headers.empty()) {
        headers.push_back({"Access-Control-Allow-Headers", join(rule.allowed_headers)});
    } else {
        vary.append(vary.empty() ? "" : ", ").append("Access-Control-Request-Headers");
        if (!requested_headers.empty())
            headers.push_back({"Access-Control-Allow-Headers", std::string(requested_headers)});
    }
    append_vary(headers, std::move(vary));
    if (rule.max_age) headers.push_back({"Access-Control-Max-Age", std::to_string(rule.max_age->count())});
}

}  // namespace parley::http
