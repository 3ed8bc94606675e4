// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/http/cors_options.hpp"
#include "parley/http/origin.hpp"
#include "parley/http/request_head.hpp"

namespace parley::http {

/// One header of an answer.
struct HeaderField {
    std::string name;
    std::string value;
};

/// `CorsOptions` as answers are made by it: which origins a browser's page may come from, and with what headers they
/// are told so.
///
/// With `any_origin` everybody may, by a star or, with `reflects_origin`, by name. Else `origins` is an allow list,
/// compared exactly, each as browsers send it (see `canonical_origin`): one entry is sent to everybody, as the official
/// server does with a string; of several the matching one is reflected.
struct CorsRule {
    bool any_origin = false;
    bool reflects_origin = false;  ///< only with `any_origin`
    std::vector<std::string> origins = {};
    bool credentials = false;  ///< `Access-Control-Allow-Credentials: true`; not sent with a star
    std::vector<std::string> methods = {"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"};
    std::vector<std::string> allowed_headers = {};  ///< empty: what the browser asks for is granted
    std::vector<std::string> exposed_headers = {};
    std::optional<std::chrono::seconds> max_age = {};
};

/// The rule that `options` mean; an error in one sentence that begins with `cors` where they cannot be used.
[[nodiscard]] Result<CorsRule> make_cors_rule(const CorsOptions& options);

/// Why this rule cannot be used, in one sentence; empty when it can.
[[nodiscard]] std::string check_cors_rule(const CorsRule& rule);

/// What cross-origin rules ask about a request.
struct OriginFacts {
    std::optional<std::string_view> origin;  ///< the value of `Origin`; of several, what no page has
    std::string_view host;                   ///< host and port that the client believes to talk to
    ConnectionScheme scheme = ConnectionScheme::either;
};

/// Views of the head, and of `host`: what the client asked for, of the head or as a proxy says.
[[nodiscard]] OriginFacts origin_facts(const RequestHead& head, std::string_view host, ConnectionScheme scheme);

/// Whether a request from this origin may use the server: the rule says so, or `is_own_origin`, or there is none,
/// because it is not from a page of a browser.
[[nodiscard]] bool is_origin_allowed(const CorsRule& rule, const OriginFacts& facts);

/// The headers that tell a browser whether its page may read an answer (Fetch §3.2).
void append_cors_headers(std::vector<HeaderField>& headers, const CorsRule& rule, const OriginFacts& facts);

/// The headers of the answer to a preflight; `requested_headers` is the value of `Access-Control-Request-Headers`.
void append_preflight_headers(std::vector<HeaderField>& headers, const CorsRule& rule, const OriginFacts& facts,
                              std::string_view requested_headers);

}  // namespace parley::http
