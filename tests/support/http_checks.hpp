// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <string_view>

#include "tests/support/every_cut.hpp"
#include "tests/support/http_transcript.hpp"

namespace parley::test {

/// Checks that every cutting of `input`, drained at once or slowly, leads to the transcript `expected`.
inline void check_every_cut(std::string_view input, std::string_view expected, const http::Limits& limits = {}) {
    for_every_cut(input, [&](std::span<const std::string_view> pieces) {
        for (const auto owner : {HttpTranscript::Owner::eager, HttpTranscript::Owner::slow}) {
            const std::string transcript = HttpTranscript::of(pieces, limits, owner);
            if (transcript == expected) continue;
            CAPTURE(input);
            CAPTURE(pieces.size());
            CAPTURE(pieces.empty() ? 0 : pieces[0].size());
            CHECK(transcript == expected);
        }
    });
    CHECK(true);
}

/// Checks that the request is refused with `status`, at the same place for each cutting, and that nothing behind it is
/// parsed.
inline void check_refused(std::string_view input, int status, const http::Limits& limits = {}) {
    const std::string whole = std::string(input) + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    CAPTURE(input);
    const std::string_view all = whole;
    const std::string transcript = HttpTranscript::of({&all, 1}, limits);
    const std::string verdict = "failed " + std::to_string(status) + ": ";
    CAPTURE(transcript);
    CHECK(transcript.find(verdict) != std::string::npos);
    CHECK(transcript.find("smuggled") == std::string::npos);
    check_every_cut(whole, transcript, limits);
}

/// A GET and a POST with these header lines behind Host, and a POST whose body is `body`, framing and all.
inline std::string get_with(std::string_view header_lines) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(header_lines) + "\r\n\r\n";
}

inline std::string post_with(std::string_view header_lines) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(header_lines) + "\r\n\r\n";
}

inline std::string chunked(std::string_view body) {
    return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
}

}  // namespace parley::test
