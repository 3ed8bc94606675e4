// SPDX-License-Identifier: MIT
//
// Theory of operation. The parser walks over the stream once; `input_` is what it has not walked over yet.
//
//   phase            next_event does                                          goes to
//   head             reads lines; whole head: head_received                   head_given
//   head_given       judges the length against the limit                      body_*, or request_given
//   body_by_length   gives out what is there; at the end: request_received    request_given, stopped
//   body_in_chunks   the same, with the framing taken off                     request_given, stopped
//   request_given    forgets the request and looks for the next one           head
//   stopped          nothing                                                  stopped
//
// Memory. `input_` begins as a view of what `receive` was given, and so does the head. What must outlive that is copied
// in `keep`, which `next_event` calls itself before it returns nothing: input to `buffer_`, where more is appended
// behind it, and the head to `head_text_`, where it stays. Between requests both are freed.
#include "parley/http/request_parser.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace parley::http {

RequestParser::RequestParser(const Limits& limits) : limits_(limits), body_bytes_max_(limits.body_bytes_max) {}

void RequestParser::receive(std::span<char> bytes) {
    if (phase_ == Phase::stopped) return;
    if (input_.empty()) {
        input_ = bytes;
        is_input_kept_ = false;
        return;
    }
    assert(is_input_kept_ && "RequestParser::keep was not called");
    const auto input_at = static_cast<std::size_t>(input_.data() - buffer_.data());
    buffer_.resize(input_at + input_.size());
    buffer_.append(bytes.data(), bytes.size());
    input_ = std::span(buffer_).subspan(input_at);
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
        case Phase::body_by_length:
            event = read_body_by_length();
            break;
        case Phase::body_in_chunks:
            event = read_body_in_chunks();
            break;
        default:
            return std::nullopt;
    }
    if (!event && is_eof_ && !is_idle()) return fail(400, "the client stopped within a request");
    return event;
}

std::optional<RequestEvent> RequestParser::read_head() {
    while (head_reader_.begins_with_empty_line({input_.data(), input_.size()}))
        take_input(2);
    if (input_.empty()) return std::nullopt;
    switch (head_reader_.read(input_.data(), input_.size(), limits_, head_)) {
        case detail::HeadReader::Outcome::more_needed:
            return std::nullopt;
        case detail::HeadReader::Outcome::refused:
            return fail(head_reader_.refusal().status, head_reader_.refusal().reason);
        case detail::HeadReader::Outcome::complete:
            break;
    }
    head_begin_ = input_.data();
    is_head_kept_ = false;
    take_input(head_reader_.head_size());
    phase_ = Phase::head_given;
    return RequestEvent{.kind = RequestEvent::Kind::head_received};
}

std::optional<RequestEvent> RequestParser::begin_body() {
    if (head_.is_chunked()) {
        phase_ = Phase::body_in_chunks;
        return advance();
    }
    body_left_ = head_.content_length().value_or(0);
    if (body_left_ > body_bytes_max_) return fail(413, "the body is too large");
    phase_ = Phase::body_by_length;
    return advance();
}

std::optional<RequestEvent> RequestParser::read_body_by_length() {
    if (body_left_ == 0) return request_received();
    if (input_.empty()) return std::nullopt;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, input_.size()));
    const std::string_view body(input_.data(), size);
    take_input(size);
    body_left_ -= size;
    return RequestEvent{.kind = RequestEvent::Kind::body_received, .body = body};
}

std::optional<RequestEvent> RequestParser::read_body_in_chunks() {
    std::string_view rest(input_.data(), input_.size());
    std::string_view data;
    const auto outcome = chunks_.decode(rest, data, limits_, body_bytes_max_);
    take_input(input_.size() - rest.size());
    switch (outcome) {
        case detail::ChunkedDecoder::Outcome::data:
            return RequestEvent{.kind = RequestEvent::Kind::body_received, .body = data};
        case detail::ChunkedDecoder::Outcome::complete:
            return request_received();
        case detail::ChunkedDecoder::Outcome::refused:
            return fail(chunks_.refusal().status, chunks_.refusal().reason);
        case detail::ChunkedDecoder::Outcome::more_needed:
            break;
    }
    return std::nullopt;
}

RequestEvent RequestParser::request_received() {
    // Behind `Connection: close` nothing is a request, whatever it looks like (RFC 9112 §9.6).
    phase_ = head_.keep_alive() ? Phase::request_given : Phase::stopped;
    if (phase_ == Phase::stopped) input_ = {};
    return {.kind = RequestEvent::Kind::request_received};
}

RequestEvent RequestParser::fail(int status, std::string_view reason) {
    phase_ = Phase::stopped;
    input_ = {};
    return {.kind = RequestEvent::Kind::failed, .status = status, .reason = reason};
}

void RequestParser::begin_next_request() {
    phase_ = Phase::head;
    body_bytes_max_ = limits_.body_bytes_max;
    chunks_ = {};
    head_reader_.reset(head_);
    head_begin_ = nullptr;
    is_head_kept_ = false;
}

void RequestParser::upgrade() {
    assert(phase_ == Phase::head_given && "RequestParser::upgrade belongs to head_received");
    phase_ = Phase::stopped;
}

std::string RequestParser::unhandled() const {
    assert(phase_ == Phase::head_given && "RequestParser::unhandled belongs to head_received");
    std::string octets(head_begin_, head_reader_.head_size());
    return octets.append(input_.data(), input_.size());
}

bool RequestParser::is_idle() const noexcept {
    return phase_ == Phase::head && input_.empty();
}

bool RequestParser::is_reading_head() const noexcept {
    return phase_ == Phase::head && !input_.empty();
}

bool RequestParser::is_reading_body() const noexcept {
    return phase_ == Phase::body_by_length || phase_ == Phase::body_in_chunks;
}

bool RequestParser::is_head_in_use() const noexcept {
    return head_begin_ != nullptr;
}

void RequestParser::keep() {
    keep_head();
    if (input_.empty()) {
        if (!buffer_.empty()) std::string().swap(buffer_);
        if (!is_head_in_use() && !head_text_.empty()) std::string().swap(head_text_);
        return;
    }
    // What has been walked over stays until it is the larger part, so that many small requests in one large buffer are
    // not moved once each.
    constexpr std::size_t waste_allowed = 4'096;
    if (is_input_kept_ && buffer_.size() - input_.size() <= std::max(input_.size(), waste_allowed)) return;
    buffer_ = std::string(input_.data(), input_.size());
    input_ = std::span(buffer_);
    is_input_kept_ = true;
}

void RequestParser::keep_head() {
    if (!is_head_in_use() || is_head_kept_) return;
    head_text_.assign(head_begin_, head_reader_.head_size());
    head_begin_ = head_text_.data();
    is_head_kept_ = true;
    detail::HeadReader::move_head(head_, head_begin_);
}

}  // namespace parley::http
