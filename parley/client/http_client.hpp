// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/base/time_of.hpp"
#include "parley/client/dial_options.hpp"
#include "parley/client/http_message.hpp"

namespace parley {

namespace net {
class Loop;
}
namespace client {
class HttpExchange;
class HttpPool;
}  // namespace client

/// The limits of an HTTP client. What is beyond one ends a request with an error that says so; connections that nobody
/// waits for are just closed.
struct HttpClientOptions {
    client::DialOptions dial = {};          ///< how servers are reached, and for how long that is tried
    Milliseconds response_timeout{30'000};  ///< from the request to the first octet of the answer; zero: none
    Milliseconds timeout{120'000};          ///< for all of a request, redirects included; zero: none
    Milliseconds idle_timeout{4'000};       ///< after which an unused connection is closed; a server may ask for less
    std::size_t connections_per_origin_max = 6;     ///< at a time; further requests wait. At least one
    std::size_t idle_connections_max = 64;          ///< that are kept, for all origins together
    std::size_t waiting_requests_max = 1'000;       ///< for a connection, together
    std::size_t redirects_max = 10;                 ///< that are followed; 0: none, and they are answers like others
    std::size_t head_bytes_max = 32 * 1024;         ///< status line and headers of an answer; at most 65,535
    std::size_t headers_max = 200;                  ///< header lines of an answer
    std::size_t body_bytes_max = 10 * 1000 * 1000;  ///< of an answer that is kept; parts for `on_data` have no limit
    std::string user_agent = "parley";              ///< the header of that name; empty: none
};

/// A request that is under way: destroying it cancels, and nobody is called any more.
///
/// It may be destroyed in any callback, its own included, and may outlive its client. Move-only. The loop's thread.
class HttpCall {
 public:
    /// No request at all.
    HttpCall() = default;
    HttpCall(HttpCall&& other) noexcept : exchange_(std::exchange(other.exchange_, nullptr)) {}
    HttpCall& operator=(HttpCall&& other) noexcept {
        std::swap(exchange_, other.exchange_);
        return *this;
    }
    ~HttpCall();

    /// Lets the request go on without this handle, which is of no request then; it ends with its client at the latest.
    void detach() noexcept;

    /// Takes nothing more of the answer until `resume()`, so that the server has to wait: for parts (`on_data`) that
    /// cannot be kept as fast as they come. What has been read already, one receive at most, may follow still.
    /// Time-outs go on: a `timeout` of zero has none.
    void pause() noexcept;
    void resume() noexcept;

    /// Whether its callback is still to come.
    [[nodiscard]] bool is_pending() const noexcept;

 private:
    friend class HttpClient;
    explicit HttpCall(client::HttpExchange* exchange) noexcept : exchange_(exchange) {}

    client::HttpExchange* exchange_ = nullptr;
};

/// An HTTP/1.1 client on a loop: connections that are kept and used again, redirects, time-outs, bodies whole or in
/// parts.
///
/// Belongs to its loop's thread and must be destroyed before the loop. It may be destroyed in any callback; its
/// requests are cancelled then. Redirects are followed as browsers do (Fetch §4.4): POST becomes GET behind 301 and
/// 302, anything but HEAD behind 303; Authorization, Cookie and what the URL said of a user go to no other origin. A
/// request on a kept connection that the server has closed meanwhile is sent once more, on a new one, where that does
/// no harm: GET, HEAD, PUT, DELETE, OPTIONS and TRACE (RFC 9110 §9.2.2).
class HttpClient {
 public:
    explicit HttpClient(net::Loop& loop, HttpClientOptions options = {});
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    ~HttpClient();

    /// Sends `request`; `on_response` is told once, later, never from inside this call: the answer, whatever its
    /// status, or an error whose sentence names method, place and reason. Keep what is returned: destroying it cancels.
    ///
    /// Codes: `invalid_argument` (a URL, method or header that cannot be), `not_found` (no such name), `timed_out`,
    /// `limit_exceeded`, `disconnected` (nobody listens, or the server went away), `invalid_input` (an answer that is
    /// no HTTP), `unavailable` (no TLS in this build, no descriptors).
    [[nodiscard]] HttpCall send(HttpRequest request, Function<void(Result<HttpResponse>)> on_response);

    /// Connections that are open, or being opened.
    [[nodiscard]] std::size_t connections() const noexcept;

 private:
    client::HttpPool* pool_;
};

}  // namespace parley
