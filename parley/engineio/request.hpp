// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/engineio/options.hpp"
#include "parley/http/cors.hpp"

namespace parley::engineio {

using http::HeaderField;

/// Why a request is refused. Up to `unsupported_protocol_version` the value is the code of the error body.
enum class RequestError : std::uint8_t {
    transport_unknown = 0,
    session_unknown = 1,
    bad_handshake_method = 2,
    bad_request = 3,
    forbidden = 4,
    unsupported_protocol_version = 5,
    too_many_sessions,  ///< 503, to be tried again; code 4 on the wire
    too_many_requests,  ///< 429, the same
    foreign_origin,     ///< code 4 on the wire; 403 for an upgrade too, where every other refusal is 400
};

/// The sentence of the error body, for example "Session ID unknown".
[[nodiscard]] std::string_view to_string(RequestError error) noexcept;

/// The query parameters that mean something to the engine, decoded; the last of a repeated one counts.
struct RequestQuery {
    std::string transport;
    std::string sid;
    std::string revision;  ///< `EIO`
    bool base64 = false;   ///< `b64`: the client takes no binary frame
};

[[nodiscard]] RequestQuery read_request_query(std::string_view raw_query);

/// What the engine asks about a request. The views live as long as the request.
struct RequestFacts {
    std::string_view method;
    bool is_upgrade = false;  ///< it asks for a WebSocket
    http::OriginFacts cross_origin;
    std::string_view requested_headers;  ///< `Access-Control-Request-Headers`
};

/// What is known of the session that a request names.
struct SessionFacts {
    Transport transport{};
};

/// An answer, beside the CORS headers that every answer gets.
struct Answer {
    int status = 200;
    std::string_view content_type;  ///< empty: no header
    std::string body;
    std::vector<HeaderField> headers;
    std::string_view cache_control = {};  ///< empty: no header
};

/// The first objection to a request, in the order of the official server: unknown transport, ill-formed `Origin`; then
/// for a session its existence, transport and revision, for a handshake its method, the missing upgrade and the
/// cross-origin rule. Nothing: it may go on.
///
/// `session` is the one that `query.sid` names; null when there is none. The revision of a handshake is left to
/// `check_revision`, because the program's own check comes before it.
[[nodiscard]] std::optional<RequestError> check_request(const Options& options, const RequestFacts& facts,
                                                        const RequestQuery& query, const SessionFacts* session);

/// The objection to the protocol revision of a handshake: 4 is the only one spoken.
[[nodiscard]] std::optional<RequestError> check_revision(const RequestQuery& query);

/// The CORS headers of every answer to this request, a refusal and the 101 of an upgrade too; none when `cors` is
/// unset.
[[nodiscard]] std::vector<HeaderField> cors_headers(const Options& options, const RequestFacts& facts);

/// The answer to a preflight, when this is one and `cors` is set.
[[nodiscard]] std::optional<Answer> answer_preflight(const Options& options, const RequestFacts& facts);

/// The answer that refuses a request: JSON over HTTP, the plain sentence for an upgrade. `message` stands in for the
/// sentence when it is not empty.
[[nodiscard]] Answer answer_refusal(const RequestFacts& facts, RequestError error, std::string_view message = {});

/// The answer to a poll.
[[nodiscard]] Answer answer_poll(std::string payload);

/// The answer to a POST whose packets have been taken.
[[nodiscard]] Answer answer_post();

/// The answer to a request that broke the rules of polling (400), whose body is too large (413), or whose method means
/// nothing to a session (500).
[[nodiscard]] Answer answer_empty(int status);

/// The `Set-Cookie` value for a new session.
[[nodiscard]] std::string session_cookie(const CookieOptions& options, std::string_view sid);

}  // namespace parley::engineio
