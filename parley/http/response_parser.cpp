// SPDX-License-Identifier: MIT
//
// Theory of operation. The parser walks over the stream once; `input_` is what it has not walked over yet.
//
//   phase        what next_event does                                         goes to
//   idle         octets that nobody asked for: failed                         head (`expect`), stopped
//   head         reads lines; passes over 1xx; whole head: head_received      head_given
//   head_given   asks what the request and the status say of a body           body, idle, stopped (left_http)
//   body         gives out what is there; at the end: response_received       idle, stopped
//   stopped      nothing                                                      stopped
//
// Where the body ends, in this order (RFC 9112 §6.3):
//
//   101, asked for; 2xx to CONNECT     there is none, HTTP is left
//   any to HEAD; 204, 304              there is none, whatever is said
//   chunked                            behind the last chunk
//   Content-Length                     after so many octets
//   neither                            with the connection
//
// A 204 that says it has a body all the same may have one: nothing behind it is taken for a response.
#include "parley/http/response_parser.hpp"

#include <cassert>

#include "parley/http/response.hpp"

namespace parley::http {
namespace {

constexpr int switching_protocols = 101;

bool is_interim(int status) {
    return status < 200;
}

ErrorCode code_for(int status) {
    return status == 413 || status == 414 || status == 431 ? ErrorCode::limit_exceeded : ErrorCode::invalid_input;
}

}  // namespace

ResponseParser::ResponseParser(const Limits& limits) : limits_(limits), body_bytes_max_(limits.body_bytes_max) {}

void ResponseParser::expect(ResponseTo request) {
    assert((phase_ == Phase::idle || phase_ == Phase::stopped) && "one request at a time");
    // What came before the question is no answer to it, whoever has put it there.
    if (phase_ != Phase::idle || !input_.empty()) return;
    request_ = request;
    interim_responses_ = 0;
    has_begun_ = false;
    body_bytes_max_ = limits_.body_bytes_max;
    begin_head();
}

void ResponseParser::begin_head() {
    phase_ = Phase::head;
    head_reader_.reset(head_);
    input_.forget_head();
}

void ResponseParser::receive(std::span<char> bytes) {
    if (phase_ == Phase::stopped) return;
    if (!bytes.empty()) has_begun_ = true;
    input_.receive(bytes);
}

void ResponseParser::receive_eof() {
    is_eof_ = true;
}

std::optional<ResponseEvent> ResponseParser::next_event() {
    std::optional<ResponseEvent> event = advance();
    if (!event) keep();
    return event;
}

std::optional<ResponseEvent> ResponseParser::advance() {
    std::optional<ResponseEvent> event;
    switch (phase_) {
        case Phase::idle:
            if (!input_.empty()) return fail(ErrorCode::invalid_input, "it answers what nobody asked");
            return std::nullopt;
        case Phase::head:
            event = read_head();
            break;
        case Phase::head_given:
            return begin_body();
        case Phase::body:
            event = read_body();
            break;
        case Phase::stopped:
            return std::nullopt;
    }
    return event || !is_eof_ ? event : handle_eof();
}

std::optional<ResponseEvent> ResponseParser::handle_eof() {
    if (phase_ != Phase::body) return fail(ErrorCode::disconnected, "it has gone without an answer");
    if (body_.is_until_close()) return response_received();
    return fail(ErrorCode::disconnected, "it has gone within its answer");
}

std::optional<ResponseEvent> ResponseParser::read_head() {
    while (!input_.empty()) {
        switch (head_reader_.read(input_.view(), limits_, head_)) {
            case detail::HeadReader::Outcome::more_needed:
                return std::nullopt;
            case detail::HeadReader::Outcome::refused:
                return fail(head_reader_.refusal());
            case detail::HeadReader::Outcome::complete:
                break;
        }
        input_.take_head(head_reader_.head_size());
        if (!is_interim(head_.status()) || leaves_http()) {
            phase_ = Phase::head_given;
            return ResponseEvent{.kind = ResponseEvent::Kind::head_received};
        }
        if (auto failure = pass_over_interim()) return failure;
    }
    return std::nullopt;
}

std::optional<ResponseEvent> ResponseParser::pass_over_interim() {
    if (head_.status() == switching_protocols)
        return fail(ErrorCode::invalid_input, "it changes to a protocol that nobody asked for");
    // RFC 9110 §8.6 and RFC 9112 §6.1: neither may be there. Whoever believes them finds another next response.
    if (head_.content_length() || head_.is_chunked())
        return fail(ErrorCode::invalid_input, "an interim answer says that it has a body");
    if (++interim_responses_ > interim_responses_max)
        return fail(ErrorCode::limit_exceeded, "there are too many interim answers");
    begin_head();
    return std::nullopt;
}

bool ResponseParser::leaves_http() const noexcept {
    if (request_ == ResponseTo::connect) return head_.status() >= 200 && head_.status() < 300;
    return request_ == ResponseTo::upgrade && head_.status() == switching_protocols && head_.wants_upgrade() &&
           !head_.content_length() && !head_.is_chunked();
}

bool ResponseParser::has_no_body() const noexcept {
    return request_ == ResponseTo::head || is_bodiless(head_.status());
}

std::optional<ResponseEvent> ResponseParser::begin_body() {
    if (leaves_http()) {
        phase_ = Phase::stopped;
        return ResponseEvent{.kind = ResponseEvent::Kind::left_http};
    }
    const std::uint64_t length = head_.content_length().value_or(0);
    if (has_no_body()) {
        body_.begin_length(0);
    } else if (length > body_bytes_max_) {
        return fail(ErrorCode::limit_exceeded, "the body is too large");
    } else if (head_.is_chunked()) {
        body_.begin_chunks();
    } else if (head_.content_length()) {
        body_.begin_length(length);
    } else {
        body_.begin_until_close(body_bytes_max_);
    }
    phase_ = Phase::body;
    return advance();
}

std::optional<ResponseEvent> ResponseParser::read_body() {
    std::string_view data;
    switch (body_.read(input_, data, limits_, body_bytes_max_)) {
        case detail::BodyReader::Outcome::data:
            return ResponseEvent{.kind = ResponseEvent::Kind::body_received, .body = data};
        case detail::BodyReader::Outcome::complete:
            return response_received();
        case detail::BodyReader::Outcome::refused:
            return fail(body_.refusal());
        case detail::BodyReader::Outcome::more_needed:
            break;
    }
    return std::nullopt;
}

ResponseEvent ResponseParser::response_received() {
    const bool is_end_doubtful =
        head_.status() == 204 && (head_.is_chunked() || head_.content_length().value_or(0) > 0);
    const bool goes_on = head_.keep_alive() && !body_.is_until_close() && !is_end_doubtful;
    phase_ = goes_on ? Phase::idle : Phase::stopped;
    if (!goes_on) input_.drop();
    return {.kind = ResponseEvent::Kind::response_received};
}

ResponseEvent ResponseParser::fail(ErrorCode code, std::string_view reason) {
    phase_ = Phase::stopped;
    input_.drop();
    return {.kind = ResponseEvent::Kind::failed, .code = code, .reason = reason};
}

ResponseEvent ResponseParser::fail(const detail::Refusal& refusal) {
    return fail(code_for(refusal.status), refusal.reason);
}

void ResponseParser::keep() {
    if (input_.keep_head()) detail::HeadReader::move_head(head_, input_.head().data());
    input_.keep();
}

}  // namespace parley::http
