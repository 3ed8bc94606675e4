// SPDX-License-Identifier: MIT
//
// Chunks, octet by octet (RFC 9112 §7.1):
//
//   size        digits, then CR, or ';' and an extension     -> size_line_lf, extension_name_begin
//   extension   name [ = token or "quoted" ], then ';' or CR -> itself, size_line_lf
//   size_line_lf  LF                                         -> data, or trailer_begin behind the chunk of size 0
//   data        the chunk, CR, LF                            -> size
//   trailer     name, ':', value, CR, LF                     -> trailer_begin
//   trailer_begin  CR, LF                                    -> complete
//
// Whatever is not in this table is refused. In particular no white space is taken around sizes and extensions, and no
// line end but CR LF: a reader that is generous here disagrees with the next one about where the message ends.
#include "parley/http/chunked_decoder.hpp"

#include <algorithm>

#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"

namespace parley::http::detail {
namespace {

constexpr unsigned size_digits_max = 16;

}  // namespace

bool ChunkedDecoder::refuse(int status, std::string_view reason) {
    refusal_ = {status, reason};
    return false;
}

bool ChunkedDecoder::expect(char c, char wanted, State next) {
    if (c != wanted) return refuse(400, "a line of the chunked body does not end with CR LF");
    state_ = next;
    return true;
}

ChunkedDecoder::Outcome ChunkedDecoder::decode(std::string_view& input, std::string_view& data, const Limits& limits,
                                               std::uint64_t body_bytes_max) {
    while (!input.empty()) {
        if (state_ == State::data) {
            const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, input.size()));
            data = input.substr(0, size);
            input.remove_prefix(size);
            chunk_left_ -= size;
            if (chunk_left_ == 0) state_ = State::data_cr;
            return Outcome::data;
        }
        const char c = input.front();
        input.remove_prefix(1);
        if (!take(c, limits, body_bytes_max)) return Outcome::refused;
        if (state_ == State::complete) return Outcome::complete;
    }
    return Outcome::more_needed;
}

bool ChunkedDecoder::take(char c, const Limits& limits, std::uint64_t body_bytes_max) {
    switch (state_) {
        case State::size:
            return take_size(c) && count_overhead(limits);
        case State::extension_name_begin:
        case State::extension_name:
        case State::extension_value_begin:
        case State::extension_value:
        case State::extension_quoted:
        case State::extension_escaped:
        case State::extension_end:
            return take_extension(c, limits) && count_overhead(limits);
        case State::size_line_lf:
            return expect(c, '\n', State::data) && count_overhead(limits) && begin_data(body_bytes_max);
        case State::data_cr:
        case State::data_lf:
            return take_data_end(c) && count_overhead(limits);
        case State::last_lf:
            return expect(c, '\n', State::complete);
        case State::trailer_lf:
            return expect(c, '\n', State::trailer_begin);
        default:
            return take_trailer(c, limits);
    }
}

// Tiny chunks and long extensions make much work for little body: their cost is bounded by the body they carry.
bool ChunkedDecoder::count_overhead(const Limits& limits) {
    ++overhead_bytes_;
    if (overhead_bytes_ <= body_bytes_ + limits.chunk_overhead_bytes_max) return true;
    return refuse(400, "the body consists of chunk framing more than of content");
}

bool ChunkedDecoder::take_size(char c) {
    if (const int digit = hex_value(c); digit >= 0) {
        if (++size_digits_ > size_digits_max) return refuse(400, "the chunk size has too many digits");
        chunk_left_ = chunk_left_ << 4 | static_cast<std::uint64_t>(digit);
        return true;
    }
    if (size_digits_ == 0) return refuse(400, "the chunk size is missing");
    if (c == '\r') {
        state_ = State::size_line_lf;
    } else if (c == ';') {
        extension_bytes_ = 1;
        state_ = State::extension_name_begin;
    } else {
        return refuse(400, "the chunk size is malformed");
    }
    return true;
}

bool ChunkedDecoder::take_extension(char c, const Limits& limits) {
    if (c != '\r' && ++extension_bytes_ > limits.chunk_extension_bytes_max)
        return refuse(400, "the chunk extension is too long");
    const bool may_end =
        state_ == State::extension_name || state_ == State::extension_value || state_ == State::extension_end;
    if (may_end && c == '\r') {
        state_ = State::size_line_lf;
    } else if (may_end && c == ';') {
        state_ = State::extension_name_begin;
    } else if (state_ == State::extension_name && c == '=') {
        state_ = State::extension_value_begin;
    } else if (state_ == State::extension_name || state_ == State::extension_name_begin) {
        if (!is_character_of(token_character, c)) return refuse(400, "the chunk extension is malformed");
        state_ = State::extension_name;
    } else {
        return take_extension_value(c);
    }
    return true;
}

bool ChunkedDecoder::take_extension_value(char c) {
    if (state_ == State::extension_quoted && c != '\\' && c != '"' && !is_forbidden_control(c)) return true;
    if (state_ == State::extension_quoted && c == '"') {
        state_ = State::extension_end;
    } else if (state_ == State::extension_quoted && c == '\\') {
        state_ = State::extension_escaped;
    } else if (state_ == State::extension_escaped && !is_forbidden_control(c)) {
        state_ = State::extension_quoted;
    } else if (state_ == State::extension_value_begin && c == '"') {
        state_ = State::extension_quoted;
    } else if ((state_ == State::extension_value_begin || state_ == State::extension_value) &&
               is_character_of(token_character, c)) {
        state_ = State::extension_value;
    } else {
        return refuse(400, "the chunk extension is malformed");
    }
    return true;
}

bool ChunkedDecoder::begin_data(std::uint64_t body_bytes_max) {
    size_digits_ = 0;
    extension_bytes_ = 0;
    if (chunk_left_ == 0) {
        state_ = State::trailer_begin;
        return true;
    }
    if (chunk_left_ > static_cast<std::uint64_t>(INT64_MAX)) return refuse(400, "the chunk size is impossible");
    if (chunk_left_ > body_bytes_max || body_bytes_ > body_bytes_max - chunk_left_)
        return refuse(413, "the body is too large");
    body_bytes_ += chunk_left_;
    return true;
}

bool ChunkedDecoder::take_data_end(char c) {
    const bool is_cr_next = state_ == State::data_cr;
    if (c != (is_cr_next ? '\r' : '\n')) return refuse(400, "the chunk is longer than its size");
    state_ = is_cr_next ? State::data_lf : State::size;
    return true;
}

bool ChunkedDecoder::take_trailer(char c, const Limits& limits) {
    if (state_ == State::trailer_begin && c == '\r') {
        state_ = State::last_lf;
        return true;
    }
    if (++trailer_bytes_ > limits.trailer_bytes_max) return refuse(431, "the trailers are too large");
    if (state_ == State::trailer_begin) {
        if (++trailer_count_ > limits.headers_max) return refuse(431, "too many trailer lines");
        state_ = State::trailer_name;
        return is_character_of(token_character, c) || refuse(400, "a trailer line has no name");
    }
    if (state_ == State::trailer_name) return take_trailer_name(c);
    if (c == '\r') {
        state_ = State::trailer_lf;
        return true;
    }
    return !is_forbidden_control(c) || refuse(400, "a trailer has a control character");
}

bool ChunkedDecoder::take_trailer_name(char c) {
    if (is_character_of(token_character, c)) return true;
    if (c != ':') return refuse(400, "a trailer line is not a name, a colon and a value");
    state_ = State::trailer_value;
    return true;
}

}  // namespace parley::http::detail
