// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <string_view>

#include "tests/support/every_cut.hpp"
#include "tests/support/response_transcript.hpp"

namespace parley::test {

/// Checks that every cutting of `input`, drained at once or slowly, leads to the transcript `expected`.
inline void check_every_cut(std::string_view input, std::string_view expected, const ResponseSetting& setting = {}) {
    for_every_cut(input, [&](std::span<const std::string_view> pieces) {
        for (const auto owner : {ResponseTranscript::Owner::eager, ResponseTranscript::Owner::slow}) {
            const std::string transcript = ResponseTranscript::of(pieces, setting, owner);
            if (transcript == expected) continue;
            CAPTURE(input);
            CAPTURE(pieces.size());
            CAPTURE(pieces.empty() ? 0 : pieces[0].size());
            CHECK(transcript == expected);
        }
    });
    CHECK(true);
}

/// Checks that the response is refused, at the same place and in the same way for each cutting, and that nothing behind
/// it is taken for an answer.
inline void check_refused(std::string_view input,
                          std::string_view verdict = "failed: ", const ResponseSetting& setting = {}) {
    const std::string whole = std::string(input) + "HTTP/1.1 299 smuggled\r\nContent-Length: 0\r\n\r\n";
    CAPTURE(input);
    const std::string transcript = ResponseTranscript::of(whole, setting);
    CAPTURE(transcript);
    CHECK(transcript.find(verdict) != std::string::npos);
    CHECK(transcript.find("299 (smuggled)") == std::string::npos);
    check_every_cut(whole, transcript, setting);
}

}  // namespace parley::test
