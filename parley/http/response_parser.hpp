// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "parley/base/error.hpp"
#include "parley/http/body_reader.hpp"
#include "parley/http/head_reader.hpp"
#include "parley/http/limits.hpp"
#include "parley/http/parser_input.hpp"
#include "parley/http/received_response.hpp"

namespace parley::http {

/// What a response answers: it says whether there is a body, and what may become of the connection (RFC 9112 §6.3).
enum class ResponseTo : unsigned char {
    request,  ///< any request that is none of the following
    head,     ///< HEAD: no body, whatever length is said
    upgrade,  ///< a request with `Upgrade`: the answer may be 101
    connect,  ///< CONNECT: 2xx is the end of HTTP here
};

/// What happened in the stream of responses.
struct ResponseEvent {
    enum class Kind {
        head_received,      ///< `ResponseParser::head` is the response; this is the moment for `set_body_limit`
        body_received,      ///< `body` is the next part of the body
        response_received,  ///< the response is complete; `can_be_reused` says whether the connection goes on
        left_http,          ///< behind `head_received` of a 101, or of 2xx to CONNECT: see `unparsed`
        failed,             ///< close: nothing behind this point is a response
    };

    Kind kind{};
    std::string_view body{};    ///< valid until the next call of the parser
    ErrorCode code{};           ///< of `failed`: `limit_exceeded`, `disconnected`, or `invalid_input`
    std::string_view reason{};  ///< of `failed`: what was wrong, a clause for a sentence; a literal
};

/// Reads the responses of one connection out of its octets (RFC 9112), one for each `expect`, strictly: anything
/// ambiguous fails, as does anything that nobody asked for.
///
/// After `receive` the owner calls `next_event` until it returns nothing; with `keep` it may stop earlier. Interim
/// responses (1xx) are passed over, up to `interim_responses_max` for one request. A head that arrives whole is not
/// copied and nothing is allocated; one that arrives in parts is kept here. Between responses the parser owns no
/// memory.
class ResponseParser {
 public:
    /// Interim responses to one request; one more fails with `limit_exceeded`.
    static constexpr std::size_t interim_responses_max = 16;

    /// The limits are those of requests; the one for the request line is for the status line.
    explicit ResponseParser(const Limits& limits = {});
    ResponseParser(const ResponseParser&) = delete;
    ResponseParser& operator=(const ResponseParser&) = delete;

    /// A request has been sent, or is about to be; the next response is to that. One at a time: the one before must be
    /// complete.
    void expect(ResponseTo request);

    /// The next octets of the connection, cut anywhere. They must stay valid until `next_event` has returned nothing or
    /// `keep` was called.
    void receive(std::span<char> bytes);

    /// The server will send nothing more. That is the end of a body without a length; any other response that is not
    /// complete fails with `disconnected`.
    void receive_eof();

    /// What happened next; nothing: more octets are needed, or the next request. After `failed`, `left_http` and the
    /// last response of a connection there are no more events, and octets are ignored.
    std::optional<ResponseEvent> next_event();

    /// Copies what has not been parsed yet, and the head in use, so that the octets given to `receive` may die.
    void keep();

    /// The response that the latest events are about: valid from `head_received` until the next `expect`, as long as
    /// `keep`'s rule is followed.
    [[nodiscard]] const ReceivedResponse& head() const noexcept { return head_; }

    /// The largest body that this response may have; call it on `head_received`. A larger one fails with
    /// `limit_exceeded`, before any of it is given out where its length was declared.
    void set_body_limit(std::uint64_t body_bytes_max) noexcept { body_bytes_max_ = body_bytes_max; }

    /// After `left_http`: the octets received behind the head, mutable and valid as long as the last `receive`'s, or
    /// until the next call of the parser.
    [[nodiscard]] std::span<char> unparsed() noexcept { return input_.left(); }

    /// Whether any octet has come of what is expected, an interim response among it: the server has seen the request.
    [[nodiscard]] bool has_begun() const noexcept { return has_begun_; }

    /// After `response_received`: whether another request may be sent on this connection.
    [[nodiscard]] bool can_be_reused() const noexcept { return phase_ == Phase::idle && input_.empty() && !is_eof_; }

    /// Octets of input in memory of its own: what is unparsed, and what lies before that until it is given up.
    [[nodiscard]] std::size_t kept_bytes() const noexcept { return input_.kept_bytes(); }

 private:
    enum class Phase : std::uint8_t {
        idle,        // nothing is expected
        head,        // a head is expected, or being read
        head_given,  // head_received was the last event
        body,
        stopped,  // failed, left HTTP, or the last response of the connection: whatever comes is no response
    };

    std::optional<ResponseEvent> advance();
    std::optional<ResponseEvent> read_head();
    std::optional<ResponseEvent> pass_over_interim();
    std::optional<ResponseEvent> begin_body();
    std::optional<ResponseEvent> read_body();
    std::optional<ResponseEvent> handle_eof();
    void begin_head();
    ResponseEvent response_received();
    ResponseEvent fail(ErrorCode code, std::string_view reason);
    ResponseEvent fail(const detail::Refusal& refusal);
    [[nodiscard]] bool leaves_http() const noexcept;
    [[nodiscard]] bool has_no_body() const noexcept;

    Limits limits_;
    std::uint64_t body_bytes_max_;
    std::size_t interim_responses_ = 0;
    Phase phase_ = Phase::idle;
    ResponseTo request_ = ResponseTo::request;
    bool is_eof_ = false;
    bool has_begun_ = false;

    detail::ResponseHeadReader head_reader_;
    detail::BodyReader body_;
    ReceivedResponse head_;
    detail::ParserInput input_;
};

}  // namespace parley::http
