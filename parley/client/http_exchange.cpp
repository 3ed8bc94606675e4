// SPDX-License-Identifier: MIT
#include "parley/client/http_exchange.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/client/http_pool.hpp"
#include "parley/http/request_writer.hpp"

namespace parley::client {
namespace {

// RFC 9110 §15.4: those whose Location is followed by itself.
bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

HttpExchange::HttpExchange(HttpPool& pool, HttpRequest request, OnHttpResponse on_response)
    : pool_(&pool), request_(std::move(request)), method_(request_.method), on_response_(std::move(on_response)) {
    response_timer_.emplace(pool.loop(), [this] {
        pool_->fail(*this, error(ErrorCode::timed_out, "the server does not answer in time (response_timeout)"));
    });
    timer_.emplace(pool.loop(), [this] {
        pool_->fail(*this, error(ErrorCode::timed_out, "the answer is not complete in time (timeout)"));
    });
}

HttpExchange::~HttpExchange() {
    if (destroyed_ != nullptr) *destroyed_ = true;
    if (pool_ != nullptr) pool_->forget(*this);
}

Result<void> HttpExchange::prepare() {
    Result<http::Url> url = http::parse_url(request_.url);
    if (!url) return std::unexpected(std::move(url.error()));
    url_ = std::move(*url);
    if (url_.is_websocket())
        return std::unexpected(
            Error{ErrorCode::invalid_argument, "An HTTP request goes to http:// or https://, not to a WebSocket."});
    for (const http::QueryParameter& parameter : request_.query) {
        std::string& query = url_.query ? *url_.query : url_.query.emplace();
        if (!query.empty()) query += '&';
        http::append_percent_encoded(query, parameter.key);
        query += '=';
        http::append_percent_encoded(query, parameter.value);
    }
    const Duration timeout = request_.timeout.value_or(pool_->options().timeout);
    if (timeout > Duration::zero()) timer_->start(timeout);
    return check_headers();
}

Result<void> HttpExchange::check_headers() const {
    const auto refuse = [](std::string text) {
        return std::unexpected(Error{ErrorCode::invalid_argument, std::move(text)});
    };
    if (!http::is_request_method(method_)) return refuse("The method is none that can be sent: write it like GET.");
    for (const HttpHeader& header : request_.headers) {
        if (!http::is_free_request_header(header.name))
            return refuse(
                "A header has a name that cannot be, or that only the client writes (Content-Length, "
                "Transfer-Encoding, Connection and the like).");
        if (!http::is_header_value(header.value))
            return refuse("The header " + header.name + " has a control character in its value.");
    }
    if (!http::is_header_value(request_.body.type()) || !http::is_header_value(pool_->options().user_agent))
        return refuse("The type of the body, or user_agent, has a control character in it.");
    return {};
}

bool HttpExchange::is_idempotent() const noexcept {
    for (const std::string_view safe : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"}) {
        if (method_ == safe) return true;
    }
    return false;
}

bool HttpExchange::has_header(std::string_view name) const {
    return std::ranges::any_of(request_.headers,
                               [&](const HttpHeader& header) { return equals_ignoring_case(header.name, name); });
}

std::string HttpExchange::written(const HttpClientOptions& options) const {
    const auto own_host = std::ranges::find_if(
        request_.headers, [](const HttpHeader& header) { return equals_ignoring_case(header.name, "Host"); });
    std::string text;
    text.append(method_).append(" ").append(url_.target()).append(" HTTP/1.1\r\n");
    http::append_header(text, "Host", own_host == request_.headers.end() ? url_.host_header() : own_host->value);
    for (const HttpHeader& header : request_.headers) {
        if (!equals_ignoring_case(header.name, "Host")) http::append_header(text, header.name, header.value);
    }
    if (!options.user_agent.empty() && !has_header("User-Agent"))
        http::append_header(text, "User-Agent", options.user_agent);
    if (!has_header("Accept")) http::append_header(text, "Accept", "*/*");
    if (url_.user_information && !has_header("Authorization"))
        http::append_header(text, "Authorization", http::basic_authorization(*url_.user_information));
    const bool wants_length = request_.body || method_ == "POST" || method_ == "PUT" || method_ == "PATCH";
    if (request_.body && !has_header("Content-Type") && !request_.body.type().empty())
        http::append_header(text, "Content-Type", request_.body.type());
    if (wants_length) http::append_header(text, "Content-Length", std::to_string(request_.body.octets().size()));
    return text.append("\r\n").append(request_.body.octets());
}

void HttpExchange::set_flow(HttpFlow flow) noexcept {
    is_paused_ = flow == HttpFlow::paused;
    if (connection_ != nullptr) connection_->set_flow(flow);
}

void HttpExchange::start_response_timer(Duration timeout) {
    if (timeout > Duration::zero()) response_timer_->start(timeout);
}

void HttpExchange::take_head(const http::ReceivedResponse& head, const HttpClientOptions& options) {
    is_redirected_ = options.redirects_max > 0 && is_redirect(head.status()) && head.find("Location").has_value();
    response_ = HttpResponse();
    response_.status = head.status();
    response_.url = url_.to_string();
    response_.redirects = redirects_;
    for (const http::Header header : head.headers())
        response_.headers.push_back({std::string(header.name), std::string(header.value)});
}

bool HttpExchange::take_body(std::string_view part) {
    if (is_redirected_) return true;
    if (!request_.on_data) {
        response_.body.append(part);
        return true;
    }
    // Both are moved out while the function runs: it may destroy this.
    bool is_destroyed = false;
    destroyed_ = &is_destroyed;
    auto on_data = std::move(request_.on_data);
    HttpResponse head = std::move(response_);
    on_data(head, part);
    if (is_destroyed) return false;
    destroyed_ = nullptr;
    request_.on_data = std::move(on_data);
    response_ = std::move(head);
    return connection_ != nullptr;
}

void HttpExchange::drop_headers(std::initializer_list<std::string_view> names) {
    std::erase_if(request_.headers, [&](const HttpHeader& header) {
        return std::ranges::any_of(names,
                                   [&](std::string_view name) { return equals_ignoring_case(header.name, name); });
    });
}

// Fetch §4.4, step 12: what described the body goes with it.
void HttpExchange::drop_body() {
    request_.body = HttpBody();
    drop_headers({"Content-Type", "Content-Encoding", "Content-Language", "Content-Location"});
}

Result<void> HttpExchange::follow(const HttpClientOptions& options) {
    if (redirects_ == options.redirects_max)
        return std::unexpected(error(ErrorCode::limit_exceeded, "there are too many redirects (redirects_max)"));
    Result<http::Url> next = http::resolve_url(url_, response_.header("Location"));
    if (!next || next->is_websocket())
        return std::unexpected(error(ErrorCode::invalid_input, "it redirects to what is no HTTP URL"));
    ++redirects_;
    const int status = response_.status;
    const bool becomes_get =
        (status == 303 && method_ != "HEAD") || ((status == 301 || status == 302) && method_ == "POST");
    if (becomes_get && method_ != "GET") {
        method_ = "GET";
        drop_body();
    }
    if (next->origin() != url_.origin()) {
        drop_headers({"Authorization", "Cookie", "Proxy-Authorization", "Host"});
    } else if (!next->user_information) {
        next->user_information = url_.user_information;
    }
    url_ = std::move(*next);
    is_redirected_ = false;
    has_second_try_ = false;
    return {};
}

void HttpExchange::finish(Result<void> result) {
    timer_->stop();
    response_timer_->stop();
    if (!result) error_ = std::move(result.error());
}

// The function is moved out: it may destroy this.
void HttpExchange::tell() {
    leave_pool();
    const std::unique_ptr<HttpExchange> own(is_detached_ ? this : nullptr);
    OnHttpResponse told = std::move(on_response_);
    Result<HttpResponse> result =
        error_ ? Result<HttpResponse>(std::unexpected(std::move(*error_))) : std::move(response_);
    told(std::move(result));
}

void HttpExchange::abandon() noexcept {
    leave_pool();
    if (is_detached_) delete this;
}

void HttpExchange::detach() noexcept {
    is_detached_ = true;
    if (!is_pending()) delete this;
}

void HttpExchange::leave_pool() noexcept {
    unlink();
    pool_ = nullptr;
    connection_ = nullptr;
    timer_.reset();
    response_timer_.reset();
}

Error HttpExchange::error(ErrorCode code, std::string_view reason) const {
    constexpr std::size_t path_shown = 100;
    std::string text = method_ + " " + url_.origin() + url_.path.substr(0, path_shown) + ": ";
    text.append(reason);
    if (!text.ends_with('.')) text += '.';
    return {code, std::move(text)};
}

}  // namespace parley::client
