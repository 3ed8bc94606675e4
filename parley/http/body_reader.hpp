// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parley/http/chunked_decoder.hpp"
#include "parley/http/limits.hpp"
#include "parley/http/parser_input.hpp"

namespace parley::http::detail {

/// Reads the body of one message, however its end is said (RFC 9112 §6.3); private to the parsers.
class BodyReader {
 public:
    enum class Outcome : std::uint8_t { more_needed, data, complete, refused };

    void begin_length(std::uint64_t octets) noexcept {
        framing_ = Framing::length;
        left_ = octets;
    }
    void begin_chunks() noexcept {
        framing_ = Framing::chunks;
        chunks_ = {};
    }
    /// The body ends with the connection: what the owner notices.
    void begin_until_close(std::uint64_t body_bytes_max) noexcept {
        framing_ = Framing::until_close;
        left_ = body_bytes_max;
    }

    /// Takes octets from the input. On `data` the next part of the body is in `data`, a view of the input.
    Outcome read(ParserInput& input, std::string_view& data, const Limits& limits, std::uint64_t body_bytes_max) {
        if (left_ == 0 && framing_ == Framing::length) return Outcome::complete;
        if (framing_ == Framing::chunks) return read_chunks(input, data, limits, body_bytes_max);
        if (input.empty()) return Outcome::more_needed;
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.left().size()));
        if (size == 0) {
            refusal_ = {413, "the body is too large"};
            return Outcome::refused;
        }
        data = input.view().substr(0, size);
        input.take(size);
        left_ -= size;
        return Outcome::data;
    }

    [[nodiscard]] bool is_until_close() const noexcept { return framing_ == Framing::until_close; }

    /// After `refused`.
    [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }

 private:
    enum class Framing : std::uint8_t { length, chunks, until_close };

    Outcome read_chunks(ParserInput& input, std::string_view& data, const Limits& limits,
                        std::uint64_t body_bytes_max) {
        std::string_view rest = input.view();
        const ChunkedDecoder::Outcome outcome = chunks_.decode(rest, data, limits, body_bytes_max);
        input.take(input.left().size() - rest.size());
        switch (outcome) {
            case ChunkedDecoder::Outcome::data:
                return Outcome::data;
            case ChunkedDecoder::Outcome::complete:
                return Outcome::complete;
            case ChunkedDecoder::Outcome::refused:
                refusal_ = chunks_.refusal();
                return Outcome::refused;
            case ChunkedDecoder::Outcome::more_needed:
                break;
        }
        return Outcome::more_needed;
    }

    Framing framing_ = Framing::length;
    std::uint64_t left_ = 0;
    ChunkedDecoder chunks_;
    Refusal refusal_;
};

}  // namespace parley::http::detail
