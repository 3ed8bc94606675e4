// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "parley/http/body_reader.hpp"
#include "parley/http/head_reader.hpp"
#include "parley/http/limits.hpp"
#include "parley/http/parser_input.hpp"
#include "parley/http/request_head.hpp"

namespace parley::http {

/// What happened in the stream of requests.
struct RequestEvent {
    enum class Kind {
        head_received,  ///< `RequestParser::head` is the request; this is the moment for `set_body_limit` and `upgrade`
        body_received,  ///< `body` is the next part of the body
        request_received,  ///< the request is complete
        failed,            ///< answer with `status`, then close: nothing behind this point is a request
    };

    Kind kind{};
    std::string_view body{};    ///< valid until the next call of the parser
    int status = 0;             ///< of `failed`: 400, 405, 413, 414, 417, 431, 501 or 505
    std::string_view reason{};  ///< of `failed`: what was wrong, a sentence for a log; a literal
};

/// Reads the requests of one connection out of its octets (RFC 9112), strictly: anything ambiguous fails.
///
/// After `receive` the owner calls `next_event` until it returns nothing. It may stop earlier, typically after
/// `request_received` until the answer is on its way, so that pipelined requests are answered in order; then it calls
/// `keep()` before the received octets die, and goes on with `next_event` later.
///
/// A head that arrives whole is not copied and nothing is allocated; a head or a request that arrives in parts is kept
/// here. Between requests the parser owns no memory.
class RequestParser {
 public:
    explicit RequestParser(const Limits& limits = {});
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    /// The next octets of the connection, cut anywhere. They must stay valid until `next_event` has returned nothing or
    /// `keep` was called.
    void receive(std::span<char> bytes);

    /// The client will send nothing more. A request that is not complete then fails.
    void receive_eof();

    /// What happened next; nothing: more octets are needed. After `failed`, `upgrade` and the last request of a
    /// connection (`Connection: close`) there are no more events, and octets are ignored.
    std::optional<RequestEvent> next_event();

    /// Copies what has not been parsed yet, and the head in use, so that the octets given to `receive` may die.
    void keep();

    /// Copies the head in use to where it stays until the next request, for whoever is going to have views of it.
    void keep_head();

    /// The request that the latest events are about: valid from `head_received` until the `next_event` that follows
    /// `request_received`, as long as `keep`'s rule is followed.
    [[nodiscard]] const RequestHead& head() const noexcept { return head_; }

    /// The largest body that this request may have; call it on `head_received`. A larger one fails with 413, before any
    /// of it is given out where its length was declared.
    void set_body_limit(std::uint64_t body_bytes_max) noexcept { body_bytes_max_ = body_bytes_max; }

    /// Stops parsing on `head_received`: what follows the head belongs to another protocol. See `unparsed`.
    void upgrade();

    /// After `upgrade`: the octets received behind the head, mutable and valid as long as the last `receive`'s.
    [[nodiscard]] std::span<char> unparsed() noexcept { return input_.left(); }

    /// On `head_received`: the octets of this request, as far as they have come, and what came behind them. For who has
    /// another parser begin with it.
    [[nodiscard]] std::string unhandled() const;

    /// Octets of input in memory of its own: what is unparsed, and what lies before that until it is given up.
    [[nodiscard]] std::size_t kept_bytes() const noexcept { return input_.kept_bytes(); }

    /// Whether no request is in progress and no octet of one waits: the connection may be closed without harm.
    [[nodiscard]] bool is_idle() const noexcept;

    /// Whether octets of a head have been received but not all of it.
    [[nodiscard]] bool is_reading_head() const noexcept;

    /// Whether part of a body is still to come.
    [[nodiscard]] bool is_reading_body() const noexcept;

 private:
    enum class Phase : std::uint8_t {
        head,        // idle, or reading a head
        head_given,  // head_received was the last event
        body,
        request_given,  // request_received was the last event
        stopped,        // failed, upgraded or the last request of the connection: whatever comes is no request
    };

    std::optional<RequestEvent> advance();
    std::optional<RequestEvent> read_head();
    std::optional<RequestEvent> begin_body();
    std::optional<RequestEvent> read_body();
    RequestEvent request_received();
    RequestEvent fail(int status, std::string_view reason);
    void begin_next_request();

    Limits limits_;
    std::uint64_t body_bytes_max_;
    Phase phase_ = Phase::head;
    bool is_eof_ = false;

    detail::RequestHeadReader head_reader_;
    detail::BodyReader body_;
    RequestHead head_;
    detail::ParserInput input_;
};

/// What the Allow header of a 405 says for CONNECT, the only method that the parser does not take.
inline constexpr std::string_view supported_methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

}  // namespace parley::http
