// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace parley::detail {

/// Where the next octet stands that ends a plain run of a JSON string: a quote, a backslash or a control character; or
/// `end`. Sets `non_ascii` when the run holds an octet above 0x7F.
inline const char* find_string_stop(const char* at, const char* end, bool& non_ascii) noexcept {
#if defined(__SSE2__)
    while (end - at >= 16) {
        const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i quotes = _mm_cmpeq_epi8(octets, _mm_set1_epi8('"'));
        const __m128i backslashes = _mm_cmpeq_epi8(octets, _mm_set1_epi8('\\'));
        const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(octets, _mm_set1_epi8(0x1F)), octets);
        const __m128i stops = _mm_or_si128(_mm_or_si128(quotes, backslashes), controls);
        const auto stop_bits = static_cast<unsigned>(_mm_movemask_epi8(stops));
        const auto high_bits = static_cast<unsigned>(_mm_movemask_epi8(octets));
        if (stop_bits != 0) {
            const int run = __builtin_ctz(stop_bits);
            non_ascii = non_ascii || (high_bits & ((1U << run) - 1)) != 0;
            return at + run;
        }
        non_ascii = non_ascii || high_bits != 0;
        at += 16;
    }
#endif
    for (; at != end; ++at) {
        const auto octet = static_cast<unsigned char>(*at);
        if (octet < 0x20 || octet == '"' || octet == '\\') break;
        non_ascii = non_ascii || octet >= 0x80;
    }
    return at;
}

/// The octet behind the escape sequence whose backslash is at `at`, or nullptr when it is none (RFC 8259 §7).
const char* find_escape_end(const char* at, const char* end) noexcept;

/// Appends what `body`, the inside of a string whose escapes are well-formed, stands for. Lone surrogates become
/// U+FFFD.
void append_unescaped(std::string& out, std::string_view body);

/// A number of the JSON grammar (RFC 8259 §6), taken apart.
struct NumberText {
    const char* begin = nullptr;
    const char* end = nullptr;
    std::uint64_t digits = 0;   // all its digits as one integer, unless there are too many
    std::int32_t exponent = 0;  // of ten, to be applied to `digits`
    bool exact = true;          // `digits` and `exponent` are the number
    bool integral = true;       // spelled without fraction and exponent
    bool negative = false;
};

/// The number that begins at `at`; nothing when none does. What follows it is not looked at.
std::optional<NumberText> scan_number(const char* at, const char* end) noexcept;

/// The nearest double; nothing when the number is beyond the largest one.
std::optional<double> to_double(const NumberText& number) noexcept;

/// The number as an index: whole, not negative, however spelled (for JavaScript 1.0 and 1 are the same).
std::optional<std::size_t> to_index(const NumberText& number) noexcept;

/// What the members of an object say about it being a placeholder for an attachment (Socket.IO protocol v5).
struct Placeholder {
    bool is_one = false;               // `"_placeholder":true`
    std::optional<std::size_t> index;  // `"num":k`, when that is a possible index
};

}  // namespace parley::detail
