// SPDX-License-Identifier: MIT
#include "parley/client/http_connection.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/client/http_pool.hpp"

namespace parley::client {
namespace {

http::Limits limits_of(const HttpClientOptions& options) {
    return {.head_bytes_max = options.head_bytes_max,
            .headers_max = options.headers_max,
            .body_bytes_max = options.body_bytes_max};
}

constexpr std::uint64_t seconds_believed = 86'400;

// How long the server keeps the connection, as it says (`Keep-Alive: timeout=5`), less a second for the way there.
Duration kept_for(const http::ReceivedResponse& head, Duration idle_timeout) {
    const std::optional<std::string_view> said = head.find("Keep-Alive");
    if (!said) return idle_timeout;
    for_each_list_item(*said, [&](std::string_view value) {
        const std::string_view name = take_until(value, '=');
        const std::optional<std::uint64_t> seconds = parse_decimal(value);
        if (!equals_ignoring_case(name, "timeout") || !seconds || *seconds > seconds_believed) return;
        idle_timeout = std::min<Duration>(idle_timeout, std::chrono::seconds(*seconds) - std::chrono::seconds(1));
    });
    return idle_timeout;
}

}  // namespace

HttpConnection::HttpConnection(HttpPool& pool, std::string origin)
    : pool_(pool),
      origin_(std::move(origin)),
      parser_(limits_of(pool.options())),
      idle_timer_(pool.loop(), [this] { remove(); }) {}

void HttpConnection::dial(HttpExchange& exchange) {
    exchange_ = &exchange;
    exchange.set_connection(this);
    dial_ = pool_.dialer().dial(
        exchange.url(), [this](Result<std::unique_ptr<net::Stream>> stream) { handle_dialed(std::move(stream)); });
}

void HttpConnection::handle_dialed(Result<std::unique_ptr<net::Stream>> stream) {
    dial_.reset();
    if (!stream) return fail(stream.error().code, stream.error().message);
    stream_ = std::move(*stream);
    stream_->set_handler(*this);
    run(*exchange_);
}

void HttpConnection::run(HttpExchange& exchange) {
    idle_timer_.stop();
    exchange_ = &exchange;
    exchange.set_connection(this);
    exchange.start_response_timer(pool_.options().response_timeout);
    parser_.expect(exchange.is_head() ? http::ResponseTo::head : http::ResponseTo::request);
    stream_->outbox().append(exchange.written(pool_.options()));
    stream_->flush_soon();
    if (exchange.is_paused()) set_flow(HttpFlow::paused);
}

void HttpConnection::set_flow(HttpFlow flow) noexcept {
    if (stream_ == nullptr) return;
    flow == HttpFlow::paused ? stream_->pause_reading() : stream_->resume_reading();
}

void HttpConnection::rest(Duration idle_timeout) {
    idle_timer_.start(kept_for(parser_.head(), idle_timeout));
}

void HttpConnection::on_data(std::span<char> bytes) {
    if (exchange_ == nullptr) return remove();  // nobody has asked: a farewell such as 408, or worse
    exchange_->stop_response_timer();
    parser_.receive(bytes);
    drain();
}

void HttpConnection::on_end() {
    if (exchange_ == nullptr) return remove();
    parser_.receive_eof();
    drain();
}

// What came before a reset is whole or it is not: only FIN is the end of a body without a length.
void HttpConnection::on_closed(std::optional<Error> error) {
    if (exchange_ == nullptr) return remove();
    fail(ErrorCode::disconnected, error ? error->message : "The connection is closed.");
}

void HttpConnection::drain() {
    while (const std::optional<http::ResponseEvent> event = parser_.next_event()) {
        if (!handle(*event)) return;
    }
}

bool HttpConnection::handle(const http::ResponseEvent& event) {
    switch (event.kind) {
        case http::ResponseEvent::Kind::head_received:
            handle_head();
            return true;
        case http::ResponseEvent::Kind::body_received:
            return exchange_->take_body(event.body);
        case http::ResponseEvent::Kind::response_received:
            complete();
            return false;
        case http::ResponseEvent::Kind::left_http:
        case http::ResponseEvent::Kind::failed:
            break;
    }
    const bool is_gone = event.code == ErrorCode::disconnected;
    fail(event.code, (is_gone ? "the server is gone: " : "the answer cannot be taken: ") + std::string(event.reason));
    return false;
}

void HttpConnection::handle_head() {
    exchange_->take_head(parser_.head(), pool_.options());
    if (exchange_->is_streamed()) parser_.set_body_limit(UINT64_MAX);
}

void HttpConnection::complete() {
    HttpExchange& exchange = *std::exchange(exchange_, nullptr);
    exchange.set_connection(nullptr);
    is_used_ = true;
    if (exchange.is_paused()) set_flow(HttpFlow::running);  // to hear when the server closes it
    // An answer that came before the whole request had left: the rest of it would be nothing that the server expects.
    const bool is_free = parser_.can_be_reused() && stream_->outbox().empty();
    HttpPool& pool = pool_;
    if (is_free) {
        pool.handle_free(*this);
    } else {
        remove();
    }
    pool.handle_answered(exchange);
}

void HttpConnection::fail(ErrorCode code, std::string_view reason) {
    HttpExchange& exchange = *std::exchange(exchange_, nullptr);
    exchange.set_connection(nullptr);
    const bool is_stale = is_used_ && !parser_.has_begun() && code == ErrorCode::disconnected;
    const Error error = exchange.error(code, reason);
    HttpPool& pool = pool_;
    if (!is_stale || !exchange.is_idempotent() || !exchange.take_second_try()) {
        pool.fail(exchange, error);
        return remove();
    }
    // The others have waited as long, and are as stale.
    exchange.stop_response_timer();
    remove();
    pool.renew(exchange);
}

// Destroys this.
void HttpConnection::remove() {
    pool_.remove(*this);
}

}  // namespace parley::client
