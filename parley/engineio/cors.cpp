// SPDX-License-Identifier: MIT
#include "parley/engineio/cors.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/http/authority.hpp"

namespace parley::engineio {

namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

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

// Behind a proxy that ends the TLS, the scheme and the default port of the page are not ours: only where the TLS ended
// here is the scheme known.
bool is_own_origin(std::string_view origin, const OriginFacts& facts) {
    const std::size_t scheme_end = origin.find("://");
    if (scheme_end == std::string_view::npos) return false;
    const std::string_view scheme = origin.substr(0, scheme_end);
    const bool is_https = scheme == "https";
    if (!is_https && (scheme != "http" || facts.secure)) return false;

    const std::optional<http::Authority> page = http::parse_authority(origin.substr(scheme_end + 3));
    const std::optional<http::Authority> host = http::parse_authority(facts.host);
    if (!page || !host) return false;
    const std::uint16_t default_port = is_https ? https_port : http_port;
    return equals_ignoring_case(page->host, host->host) &&
           page->port.value_or(default_port) == host->port.value_or(default_port);
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

bool is_origin_well_formed(std::string_view origin) noexcept {
    return std::all_of(origin.begin(), origin.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_origin_allowed(const CorsOptions& cors, const OriginFacts& facts) {
    return cors.any_origin || !facts.origin || is_listed(cors, *facts.origin) || is_own_origin(*facts.origin, facts);
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
