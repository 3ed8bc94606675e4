// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parley/http/head_reader.hpp"
#include "parley/http/limits.hpp"

namespace parley::http::detail {

/// Takes the chunks and the trailers off a body (RFC 9112 §7.1), one octet of framing at a time; private to the parser.
///
/// Owns no memory: data is given out as views of what comes in, trailers are checked and forgotten, also those that
/// may not be there (RFC 9110 §6.5.1).
class ChunkedDecoder {
 public:
    enum class Outcome { more_needed, data, complete, refused };

    /// Takes octets from the front of `input`. On `data` the next part of the body is in `data`, a view of the input.
    Outcome decode(std::string_view& input, std::string_view& data, const Limits& limits, std::uint64_t body_bytes_max);

    /// After `refused`.
    [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }

 private:
    enum class State : std::uint8_t {
        size,
        extension_name_begin,
        extension_name,
        extension_value_begin,
        extension_value,
        extension_quoted,
        extension_escaped,
        extension_end,
        size_line_lf,
        data,
        data_cr,
        data_lf,
        trailer_begin,
        trailer_name,
        trailer_value,
        trailer_lf,
        last_lf,
        complete,
    };

    bool take(char c, const Limits& limits, std::uint64_t body_bytes_max);
    bool take_size(char c);
    bool take_extension(char c, const Limits& limits);
    bool take_extension_value(char c);
    bool begin_data(std::uint64_t body_bytes_max);
    bool take_data_end(char c);
    bool take_trailer(char c, const Limits& limits);
    bool take_trailer_name(char c);
    bool count_overhead(const Limits& limits);
    bool expect(char c, char wanted, State next);
    bool refuse(int status, std::string_view reason);

    State state_ = State::size;
    std::uint8_t size_digits_ = 0;
    std::uint64_t chunk_left_ = 0;
    std::uint64_t body_bytes_ = 0;
    std::uint64_t overhead_bytes_ = 0;
    std::size_t extension_bytes_ = 0;
    std::size_t trailer_bytes_ = 0;
    std::size_t trailer_count_ = 0;
    Refusal refusal_;
};

}  // namespace parley::http::detail
