// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/client/connect_error.hpp"
#include "parley/client/cookie_jar.hpp"
#include "parley/client/dial_options.hpp"
#include "parley/client/ending.hpp"
#include "parley/client/http_client.hpp"
#include "parley/http/url.hpp"
#include "parley/net/loop.hpp"

namespace parley::client {

/// The requests of a session.
struct PollingOptions {
    DialOptions dial = {};
    std::vector<HttpHeader> headers = {};  ///< checked: what a request may carry
    std::size_t answer_bytes_max = 100'000'000;
    std::size_t redirects_max = 10;  ///< of one request
};

/// What comes of them.
class PollingListener {
 public:
    /// Its view is valid during the call.
    virtual void on_poll_answer(std::string_view body) = 0;
    virtual void on_post_answer() = 0;
    /// One of them was refused, or there is no answer.
    virtual void on_polling_failed(ConnectError error) = 0;

 protected:
    ~PollingListener() = default;
};

/// The HTTP long-polling of one session: a GET that waits, and beside it a POST. How long an answer may take is the
/// session's business (its heartbeat).
class Polling final : public Ending {
 public:
    using Owner = Owned<Polling>;

    /// `options` and `listener` must live as long as the owner has it, and so must `cookies`, unless that is null.
    static Owner make(Home home, const PollingOptions& options, PollingListener& listener, CookieJar* cookies);

    /// One of each at a time.
    void poll(const http::Url& url);
    void post(const http::Url& url, std::string payload);

 private:
    Polling(Home home, const PollingOptions& options, PollingListener& listener, CookieJar* cookies);
    void abandon() noexcept override;

    [[nodiscard]] HttpRequest request(const http::Url& url, const char* method) const;
    /// The answer, when it is what was asked for; else the listener is told.
    const HttpResponse* check(const Result<HttpResponse>& result, const char* message);

    const PollingOptions& options_;
    PollingListener* listener_;  // null: the owner has let go
    CookieJar* cookies_;
    HttpClient http_;
    HttpCall poll_;
    HttpCall post_;
};

}  // namespace parley::client
