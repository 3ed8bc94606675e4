// SPDX-License-Identifier: MIT
#include "parley/client/polling.hpp"

#include <algorithm>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/client/retry_after.hpp"

namespace parley::client {
namespace {

// Of the body of a refusal: enough for the sentence of a server, and no more.
constexpr std::size_t refused_poll_bytes_max = 4'096;

// A poll waits for as long as the heartbeat allows.
HttpClientOptions http_options(const PollingOptions& options) {
    HttpClientOptions http;
    http.dial = options.dial;
    http.response_timeout = Milliseconds(0);
    http.timeout = Milliseconds(0);
    http.body_bytes_max = options.answer_bytes_max;
    http.redirects_max = options.redirects_max;
    return http;
}

}  // namespace

Polling::Polling(Home home, const PollingOptions& options, PollingListener& listener, CookieJar* cookies)
    : Ending(std::move(home)),
      options_(options),
      listener_(&listener),
      cookies_(cookies),
      http_(loop(), http_options(options)) {}

Polling::Owner Polling::make(Home home, const PollingOptions& options, PollingListener& listener, CookieJar* cookies) {
    return Owner(new Polling(std::move(home), options, listener, cookies));
}

void Polling::abandon() noexcept {
    listener_ = nullptr;
    cookies_ = nullptr;
    poll_ = {};
    post_ = {};
}

HttpRequest Polling::request(const http::Url& url, const char* method) const {
    http::Url of_http = url;
    of_http.scheme = url.is_secure() ? http::UrlScheme::https : http::UrlScheme::http;
    HttpRequest request;
    request.url = of_http.to_string();
    request.method = method;
    request.headers = options_.headers;
    if (cookies_ != nullptr) request.headers = cookies_->add_to(std::move(request.headers), loop().wall_time());
    return request;
}

const HttpResponse* Polling::check(const Result<HttpResponse>& result, const char* message) {
    if (listener_ == nullptr) return nullptr;
    if (result && cookies_ != nullptr) {
        for (const HttpHeader& header : result->headers)
            if (equals_ignoring_case(header.name, "set-cookie")) cookies_->take(header.value, loop().wall_time());
    }
    if (result && result->status == 200) return &*result;
    ConnectError error;
    error.message = message;
    if (result) {
        error.status = result->status;
        error.description = "The server answered " + std::to_string(result->status) + " instead of 200 (OK).";
        error.body = result->body.substr(0, refused_poll_bytes_max);
        error.retry_after = parse_retry_after(result->header("Retry-After"));
    } else {
        error.description = result.error().message;
        error.is_tls = result.error().code == ErrorCode::tls_failed;
    }
    listener_->on_polling_failed(std::move(error));
    return nullptr;
}

void Polling::poll(const http::Url& url) {
    poll_ = http_.send(request(url, "GET"), [this](const Result<HttpResponse>& result) {
        if (const HttpResponse* const answer = check(result, "xhr poll error")) listener_->on_poll_answer(answer->body);
    });
}

void Polling::post(const http::Url& url, std::string payload) {
    HttpRequest asked = request(url, "POST");
    asked.body = HttpBody(payload, "text/plain;charset=UTF-8");
    post_ = http_.send(std::move(asked), [this](const Result<HttpResponse>& result) {
        if (check(result, "xhr post error") != nullptr) listener_->on_post_answer();
    });
}

}  // namespace parley::client
