// SPDX-License-Identifier: MIT
#include "parley/engineio/request.hpp"

#include <cstdint>
#include <utility>

#include "parley/http/cookie.hpp"
#include "parley/http/query.hpp"
#include "parley/json/writer.hpp"

namespace parley::engineio {

namespace {

constexpr std::string_view protocol_revision = "4";

// Cache-Control of what a transport answers.
constexpr std::string_view not_kept = "no-store";

bool is_known(const Options& options, std::string_view transport) noexcept {
    return (options.polling && transport == to_string(Transport::polling)) ||
           (options.websocket && transport == to_string(Transport::websocket));
}

std::optional<RequestError> check_session_request(const Options& options, const RequestFacts& facts,
                                                  const RequestQuery& query, const SessionFacts* session) {
    if (session == nullptr) return RequestError::session_unknown;
    if (!facts.is_upgrade) {
        // The revision of a poll cannot change anything any more; that of an upgrade would.
        return query.transport == to_string(session->transport) ? std::nullopt
                                                                : std::optional(RequestError::bad_request);
    }
    const bool may_upgrade = options.allow_upgrades && query.transport == to_string(Transport::websocket);
    return may_upgrade && query.revision == protocol_revision ? std::nullopt : std::optional(RequestError::bad_request);
}

std::optional<RequestError> check_handshake(const Options& options, const RequestFacts& facts,
                                            const RequestQuery& query) {
    if (facts.method != "GET") return RequestError::bad_handshake_method;
    if ((query.transport == to_string(Transport::websocket)) != facts.is_upgrade) return RequestError::bad_request;
    return options.cors && !http::is_origin_allowed(*options.cors, facts.cross_origin)
               ? std::optional(RequestError::foreign_origin)
               : std::nullopt;
}

// The official server answers 400 whatever it refuses to upgrade.
int status_of(RequestError error, bool is_upgrade) noexcept {
    if (error == RequestError::too_many_sessions) return 503;
    if (error == RequestError::too_many_requests) return 429;
    return error == RequestError::foreign_origin || (error == RequestError::forbidden && !is_upgrade) ? 403 : 400;
}

int code_of(RequestError error) noexcept {
    return static_cast<int>(error > RequestError::unsupported_protocol_version ? RequestError::forbidden : error);
}

}  // namespace

std::string_view to_string(RequestError error) noexcept {
    switch (error) {
        case RequestError::transport_unknown:
            return "Transport unknown";
        case RequestError::session_unknown:
            return "Session ID unknown";
        case RequestError::bad_handshake_method:
            return "Bad handshake method";
        case RequestError::bad_request:
            return "Bad request";
        case RequestError::forbidden:
        case RequestError::foreign_origin:
            return "Forbidden";
        case RequestError::unsupported_protocol_version:
            return "Unsupported protocol version";
        case RequestError::too_many_sessions:
            return "Too many sessions";
        case RequestError::too_many_requests:
            return "Too many requests";
    }
    return "Bad request";
}

RequestQuery read_request_query(std::string_view raw_query) {
    const http::QueryParameters parameters(raw_query);
    const auto value = [&](std::string_view key) { return std::string(parameters.find(key).value_or("")); };
    return {value("transport"), value("sid"), value("EIO"), !parameters.find("b64").value_or("").empty()};
}

std::optional<RequestError> check_request(const Options& options, const RequestFacts& facts, const RequestQuery& query,
                                          const SessionFacts* session) {
    if (!is_known(options, query.transport)) return RequestError::transport_unknown;
    if (facts.cross_origin.origin && !http::is_origin_well_formed(*facts.cross_origin.origin))
        return RequestError::bad_request;
    return query.sid.empty() ? check_handshake(options, facts, query)
                             : check_session_request(options, facts, query, session);
}

std::optional<RequestError> check_revision(const RequestQuery& query) {
    return query.revision == protocol_revision ? std::nullopt
                                               : std::optional(RequestError::unsupported_protocol_version);
}

std::vector<HeaderField> cors_headers(const Options& options, const RequestFacts& facts) {
    std::vector<HeaderField> headers;
    if (options.cors) http::append_cors_headers(headers, *options.cors, facts.cross_origin);
    return headers;
}

std::optional<Answer> answer_preflight(const Options& options, const RequestFacts& facts) {
    if (facts.method != "OPTIONS" || !options.cors) return std::nullopt;
    Answer answer;
    answer.status = 204;
    http::append_preflight_headers(answer.headers, *options.cors, facts.cross_origin, facts.requested_headers);
    return answer;
}

Answer answer_refusal(const RequestFacts& facts, RequestError error, std::string_view message) {
    if (message.empty()) message = to_string(error);
    const int status = status_of(error, facts.is_upgrade);
    Answer answer{status, facts.is_upgrade ? "text/html" : "application/json", {}, {}};
    if (error == RequestError::too_many_sessions) answer.headers.push_back({"Retry-After", "2"});
    if (error == RequestError::too_many_requests) answer.headers.push_back({"Retry-After", "1"});
    if (facts.is_upgrade) {
        answer.body = message;
        return answer;
    }
    JsonWriter writer(answer.body);
    writer.begin_object();
    writer.key("code").value(std::int64_t{code_of(error)});
    writer.key("message").value(message);
    writer.end_object();
    return answer;
}

Answer answer_poll(std::string payload) {
    return {200, "text/plain; charset=UTF-8", std::move(payload), {}, not_kept};
}

Answer answer_post() {
    return {200, "text/html", "ok", {}, not_kept};
}

Answer answer_empty(int status) {
    return {status, {}, {}, {}};
}

std::string session_cookie(const CookieOptions& options, std::string_view sid) {
    http::Cookie cookie;
    cookie.name = options.name;
    cookie.value = sid;
    cookie.path = options.path;
    cookie.domain = options.domain;
    cookie.max_age = options.max_age;
    cookie.http_only = options.http_only;
    cookie.secure = options.secure;
    cookie.same_site = options.same_site;
    // Refused options were refused when the server was set up.
    return http::serialize_cookie(cookie).value_or(std::string());
}

}  // namespace parley::engineio
