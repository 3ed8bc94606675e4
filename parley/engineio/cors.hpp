// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/engineio/options.hpp"
#include "parley/http/origin.hpp"

namespace parley::engineio {

/// One header of an answer.
struct HeaderField {
    std::string name;
    std::string value;
};

/// What cross-origin rules ask about a request.
struct OriginFacts {
    std::optional<std::string_view> origin;  ///< the value of `Origin`; of several, joined by a comma as any list is
    std::string_view host;                   ///< host and port that the client believes to talk to
    http::ConnectionScheme scheme = http::ConnectionScheme::either;
};

/// Whether a request from this origin may use the server: `CorsOptions` says the rule, and `http::is_own_origin` which
/// origin is the server's own.
[[nodiscard]] bool is_origin_allowed(const CorsOptions& cors, const OriginFacts& facts);

/// The headers that tell a browser whether its page may read an answer (Fetch §3.2).
void append_cors_headers(std::vector<HeaderField>& headers, const CorsOptions& cors, const OriginFacts& facts);

/// The headers of the answer to a preflight; `requested_headers` is the value of `Access-Control-Request-Headers`.
void append_preflight_headers(std::vector<HeaderField>& headers, const CorsOptions& cors, const OriginFacts& facts,
                              std::string_view requested_headers);

}  // namespace parley::engineio
