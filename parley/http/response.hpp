// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parley/base/outbox.hpp"
#include "parley/http/response_fields.hpp"

namespace parley::http {

/// Where the body of a response ends, and what becomes of the connection after it.
struct ResponseFraming {
    std::optional<std::uint64_t>
        content_length{};           ///< the length of the body; for HEAD: the length that GET would have
    bool chunked = false;           ///< instead of a length: the body leaves through `append_chunk`
    bool until_close = false;       ///< instead of both, for HTTP/1.0: the body ends with the connection
    bool close = false;             ///< the connection ends after this response
    std::string_view keep_alive{};  ///< else: the lines that say so, see `keep_alive_lines`
    std::string_view upgrade{};     ///< of a 101 or 426: the protocol to go on with, for example `websocket`
};

/// The status line and the headers of one response.
struct ResponseHead {
    int status = 200;
    ResponseFields fields{};
    ResponseFraming framing{};
};

/// What a response says of a connection that stays open: `Connection: keep-alive`, and for how long nothing may come
/// (`Keep-Alive: timeout=5`); less than a second is not said.
[[nodiscard]] std::string keep_alive_lines(std::chrono::milliseconds timeout);

/// Writes the head of a response: status line, `fields`, framing, `Date` and `X-Content-Type-Options: nosniff`.
///
/// `date` is an HTTP date (`http_date`), made by the caller once a second. A status that has no body (1xx, 204) gets no
/// length; a 304 gets none either. Otherwise a head with neither a length nor chunks says that it has length 0.
void append_response_head(Outbox& outbox, const ResponseHead& head, std::string_view date);

/// `HTTP/1.1 100 Continue`, the answer that invites the body (RFC 9110 §15.2.1).
void append_continue(Outbox& outbox);

/// One chunk of a body whose framing is `chunked`; empty data writes nothing, because an empty chunk ends the body.
void append_chunk(Outbox& outbox, std::string_view data);

/// The end of a body whose framing is `chunked`.
void append_last_chunk(Outbox& outbox);

/// Whether responses with this status have no body whatever is said (1xx, 204, 304; RFC 9112 §6.3).
[[nodiscard]] constexpr bool is_bodiless(int status) noexcept {
    return (status >= 100 && status < 200) || status == 204 || status == 304;
}

/// The words that go with a status, for example `Not Found`; `Unknown` for one that is not registered.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

/// The time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7). Years 0 to 9999.
[[nodiscard]] std::string http_date(std::chrono::sys_seconds time);

/// The time that an HTTP date says, in any of the three forms of RFC 9110 §5.6.7; nothing when it is none.
///
/// The two-digit year of the second form is read as 1970 to 2069.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) noexcept;

}  // namespace parley::http
