// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace parley::http {

/// How much of one message a parser takes before that is an error. The numbers are what a server answers.
struct Limits {
    std::size_t head_bytes_max = 16'384;  ///< request line and header lines together, at most 65,535; beyond: 431
    std::size_t request_line_bytes_max = 8'192;     ///< of a response: its status line; beyond: 414
    std::size_t method_bytes_max = 32;              ///< beyond: 501
    std::size_t headers_max = 100;                  ///< header lines, and again trailer lines; beyond: 431
    std::size_t trailer_bytes_max = 16'384;         ///< trailer lines together; beyond: 431
    std::size_t chunk_extension_bytes_max = 256;    ///< per chunk; beyond: 400
    std::size_t chunk_overhead_bytes_max = 16'384;  ///< chunk framing beyond the size of the body so far; beyond: 400
    std::uint64_t body_bytes_max = 1'000'000;       ///< unless `RequestParser::set_body_limit` says else; beyond: 413
};

}  // namespace parley::http
