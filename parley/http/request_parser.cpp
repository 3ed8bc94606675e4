// SPDX-License-Identifier: MIT
//
// Theory of operation. The parser walks over the stream once; `input_` is what it has not walked over yet.
//
//   phase            next_event does                                          goes to
//   head             reads lines; whole head: head_received                   head_given
//   head_given       judges the length against the limit                      body, or request_given
//   body             gives out what is there; at the end: request_received    request_given, stopped
//   request_given    forgets the request and looks for the next one           head
//   stopped          nothing                                                  stopped
//
// Memory. `input_` begins as a view of what `receive` was given, and so does the head. What must outlive that is copied
// in `keep`, which `next_event` calls itself before it returns nothing.
#include "parley/http/request_parser.hpp"

#include <cassert>

namespace parley::http {

RequestParser::RequestParser(const Limits& limits) : limits_(limits), body_bytes_max_(limits.body_bytes_max) {}

void RequestParser::receive(std::span<char> bytes) {
    if (phase_ == Phase::stopped) return;
    input_.receive(bytes);
}

void RequestParser::receive_eof() {
    is_eof_ = true;
}

std::optional<RequestEvent> RequestParser::next_event() {
    std::optional<RequestEvent> event = advance();
    if (!event) keep();
    return event;
}

std::optional<RequestEvent> RequestParser::advance() {
    if (phase_ == Phase::request_given) begin_next_request();
    std::optional<RequestEvent> event;
    switch (phase_) {
        case Phase::head:
            event = read_head();
            break;
        case Phase::head_given:
            return begin_body();
        case Phase::body:
            event = read_body();
            break;
        default:
            return std::nullopt;
    }
    if (!event && is_eof_ && !is_idle()) return fail(400, "the client stopped within a request");
    return event;
}

std::optional<RequestEvent> RequestParser::read_head() {
    while (head_reader_.begins_with_empty_line(input_.view()))
        input_.take(2);
    if (input_.empty()) return std::nullopt;
    switch (head_reader_.read(input_.view(), limits_, head_)) {
        case detail::HeadReader::Outcome::more_needed:
            return std::nullopt;
        case detail::HeadReader::Outcome::refused:
            return fail(head_reader_.refusal().status, head_reader_.refusal().reason);
        case detail::HeadReader::Outcome::complete:
            break;
    }
    input_.take_head(head_reader_.head_size());
    phase_ = Phase::head_given;
    return RequestEvent{.kind = RequestEvent::Kind::head_received};
}

std::optional<RequestEvent> RequestParser::begin_body() {
    const std::uint64_t length = head_.content_length().value_or(0);
    if (length > body_bytes_max_) return fail(413, "the body is too large");
    if (head_.is_chunked()) {
        body_.begin_chunks();
    } else {
        body_.begin_length(length);
    }
    phase_ = Phase::body;
    return advance();
}

std::optional<RequestEvent> RequestParser::read_body() {
    std::string_view data;
    switch (body_.read(input_, data, limits_, body_bytes_max_)) {
        case detail::BodyReader::Outcome::data:
            return RequestEvent{.kind = RequestEvent::Kind::body_received, .body = data};
        case detail::BodyReader::Outcome::complete:
            return request_received();
        case detail::BodyReader::Outcome::refused:
            return fail(body_.refusal().status, body_.refusal().reason);
        case detail::BodyReader::Outcome::more_needed:
            break;
    }
    return std::nullopt;
}

RequestEvent RequestParser::request_received() {
    // Behind `Connection: close` nothing is a request, whatever it looks like (RFC 9112 §9.6).
    phase_ = head_.keep_alive() ? Phase::request_given : Phase::stopped;
    if (phase_ == Phase::stopped) input_.drop();
    return {.kind = RequestEvent::Kind::request_received};
}

RequestEvent RequestParser::fail(int status, std::string_view reason) {
    phase_ = Phase::stopped;
    input_.drop();
    return {.kind = RequestEvent::Kind::failed, .status = status, .reason = reason};
}

void RequestParser::begin_next_request() {
    phase_ = Phase::head;
    body_bytes_max_ = limits_.body_bytes_max;
    head_reader_.reset(head_);
    input_.forget_head();
}

void RequestParser::upgrade() {
    assert(phase_ == Phase::head_given && "RequestParser::upgrade belongs to head_received");
    phase_ = Phase::stopped;
}

std::string RequestParser::unhandled() const {
    assert(phase_ == Phase::head_given && "RequestParser::unhandled belongs to head_received");
    return std::string(input_.head()).append(input_.view());
}

bool RequestParser::is_idle() const noexcept {
    return phase_ == Phase::head && input_.empty();
}

bool RequestParser::is_reading_head() const noexcept {
    return phase_ == Phase::head && !input_.empty();
}

bool RequestParser::is_reading_body() const noexcept {
    return phase_ == Phase::body;
}

void RequestParser::keep() {
    keep_head();
    input_.keep();
}

void RequestParser::keep_head() {
    if (input_.keep_head()) detail::HeadReader::move_head(head_, input_.head().data());
}

}  // namespace parley::http
