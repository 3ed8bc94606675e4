// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "parley/base/intrusive_list.hpp"
#include "parley/client/http_client.hpp"
#include "parley/http/received_response.hpp"
#include "parley/http/url.hpp"
#include "parley/net/loop.hpp"

namespace parley::client {

class HttpConnection;
class HttpPool;

using OnHttpResponse = Function<void(Result<HttpResponse>)>;

/// Whether a program takes what comes.
enum class HttpFlow : std::uint8_t { running, paused };

/// One request of a program, from `send` until its callback: over redirects, and over a second try. Owned by the
/// program's handle, or by itself.
///
/// waiting: in the list of its origin, or of what is told at the end of the turn; else on a connection.
class HttpExchange : public ListHook {
 public:
    HttpExchange(HttpPool& pool, HttpRequest request, OnHttpResponse on_response);
    HttpExchange(const HttpExchange&) = delete;
    HttpExchange& operator=(const HttpExchange&) = delete;
    ~HttpExchange();

    /// Reads the request; an error says what cannot be sent.
    [[nodiscard]] Result<void> prepare();

    [[nodiscard]] const http::Url& url() const noexcept { return url_; }
    [[nodiscard]] bool is_pending() const noexcept { return pool_ != nullptr; }
    [[nodiscard]] bool is_head() const noexcept { return method_ == "HEAD"; }
    /// Whether it may be sent again after it may have been seen (RFC 9110 §9.2.2).
    [[nodiscard]] bool is_idempotent() const noexcept;
    /// Whether the program takes the parts of this body.
    [[nodiscard]] bool is_streamed() const noexcept { return static_cast<bool>(request_.on_data) && !is_redirected_; }

    /// The octets of the request.
    [[nodiscard]] std::string written(const HttpClientOptions& options) const;

    /// Its connection has it now, or lost it (null).
    void set_connection(HttpConnection* connection) noexcept { connection_ = connection; }
    [[nodiscard]] HttpConnection* connection() const noexcept { return connection_; }
    /// From now on, also on the connection that it will get.
    void set_flow(HttpFlow flow) noexcept;
    [[nodiscard]] bool is_paused() const noexcept { return is_paused_; }
    /// It waits for a connection, or does so no more.
    void set_waiting(bool is_waiting) noexcept { is_waiting_ = is_waiting; }
    [[nodiscard]] bool is_waiting() const noexcept { return is_waiting_; }
    void start_response_timer(Duration timeout);
    void stop_response_timer() { response_timer_->stop(); }
    /// Once: it is given another connection. False, when it was before.
    [[nodiscard]] bool take_second_try() noexcept { return !std::exchange(has_second_try_, true); }

    /// The head of an answer has come.
    void take_head(const http::ReceivedResponse& head, const HttpClientOptions& options);
    /// Whether that answer is a redirect that is followed.
    [[nodiscard]] bool is_redirected() const noexcept { return is_redirected_; }
    /// A part of its body. False: the program has destroyed this or the client meanwhile, and the connection is gone.
    [[nodiscard]] bool take_body(std::string_view part);
    /// The URL, method and headers become those of the redirect.
    [[nodiscard]] Result<void> follow(const HttpClientOptions& options);

    /// What the program will be told; `tell` does.
    void finish(Result<void> result);
    /// May destroy this, and the pool.
    void tell();
    /// The pool is gone: nobody is called any more. May destroy this.
    void abandon() noexcept;
    /// It belongs to itself from now on, until it is told or abandoned. May destroy this.
    void detach() noexcept;

    /// `reason` as an error of this request.
    [[nodiscard]] Error error(ErrorCode code, std::string_view reason) const;

 private:
    [[nodiscard]] Result<void> check_headers() const;
    [[nodiscard]] bool has_header(std::string_view name) const;
    void drop_headers(std::initializer_list<std::string_view> names);
    void drop_body();
    void leave_pool() noexcept;

    HttpPool* pool_;
    HttpRequest request_;
    std::string method_;
    http::Url url_;
    OnHttpResponse on_response_;
    HttpConnection* connection_ = nullptr;
    HttpResponse response_;
    std::optional<Error> error_;
    std::size_t redirects_ = 0;
    bool is_redirected_ = false;
    bool has_second_try_ = false;
    bool is_waiting_ = false;
    bool is_paused_ = false;
    bool is_detached_ = false;
    bool* destroyed_ = nullptr;  // where to say that its own function destroyed this
    std::optional<net::Timer> response_timer_;
    std::optional<net::Timer> timer_;
};

}  // namespace parley::client
