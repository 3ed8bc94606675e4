// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "parley/base/text.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace parley::detail {

#if defined(__SSE2__)
/// Which octets of a vector end a plain run, and which are above 0x7F: a bit for each.
struct StringMasks {
    explicit StringMasks(__m128i octets) noexcept {
        const __m128i quotes = _mm_cmpeq_epi8(octets, _mm_set1_epi8('"'));
        const __m128i backslashes = _mm_cmpeq_epi8(octets, _mm_set1_epi8('\\'));
        const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(octets, _mm_set1_epi8(0x1F)), octets);
        stops = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), controls)));
        high = static_cast<unsigned>(_mm_movemask_epi8(octets));
    }
    unsigned stops;
    unsigned high;
};

/// The first and the last `half` (8 or 4) of `size` octets, one behind the other; they may overlap.
inline __m128i load_ends(const char* at, std::ptrdiff_t size, std::ptrdiff_t half) noexcept {
    const char* const last = at + size - half;
    if (half == 8) {
        return _mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(at)),
                                  _mm_loadl_epi64(reinterpret_cast<const __m128i*>(last)));
    }
    std::int32_t halves[2];
    std::memcpy(&halves[0], at, 4);
    std::memcpy(&halves[1], last, 4);
    return _mm_set_epi32(halves[1], halves[0], halves[1], halves[0]);
}
#endif

/// Where the next octet stands that ends a plain run of a JSON string: a quote, a backslash or a control character; or
/// `end`. Sets `non_ascii` when the run holds an octet above 0x7F.
inline const char* find_string_stop(const char* at, const char* end, bool& non_ascii) noexcept {
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        const StringMasks masks(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
        if (masks.stops != 0) {
            const int run = __builtin_ctz(masks.stops);
            non_ascii |= (masks.high & ((1U << run) - 1)) != 0;
            return at + run;
        }
        non_ascii = non_ascii || masks.high != 0;
    }
    if (const std::ptrdiff_t left = end - at; left >= 4) {
        const std::ptrdiff_t half = left >= 8 ? 8 : 4;
        const StringMasks masks(load_ends(at, left, half));
        const int run = masks.stops != 0 ? __builtin_ctz(masks.stops) : 16;
        non_ascii |= (masks.high & ((1U << run) - 1)) != 0;
        if (run == 16) return end;
        return at + (run < half ? run : left - 2 * half + run);
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

/// Reads a whole number of at most 18 digits, as most are: they fit 64 bits, whatever they are. Returns the octet
/// behind it; nullptr, and leaves `value` alone, when something else begins at `at`.
inline const char* scan_short_integer(const char* at, const char* end, std::int64_t& value) noexcept {
    const bool negative = at != end && *at == '-';
    const char* const first = at + (negative ? 1 : 0);
    const char* digit = first;
    std::uint64_t digits = 0;
    for (; digit != end && is_digit(*digit); ++digit)
        digits = digits * 10 + static_cast<std::uint64_t>(*digit - '0');
    const std::ptrdiff_t count = digit - first;
    if (count == 0 || count > 18 || (count > 1 && *first == '0')) return nullptr;
    if (digit != end && (*digit == '.' || *digit == 'e' || *digit == 'E')) return nullptr;
    value = static_cast<std::int64_t>(negative ? 0 - digits : digits);
    return digit;
}

/// The number that begins at `at`; false when none does. What follows it is not looked at.
bool scan_number(const char* at, const char* end, NumberText& number) noexcept;

/// The nearest double; nothing when the number is beyond the largest one.
std::optional<double> to_double(const NumberText& number) noexcept;

/// The number without its sign, exactly, when it is a whole one of 64 bits, however spelled: 3.0 and 3e0 are 3.
std::optional<std::uint64_t> to_whole(const NumberText& number) noexcept;

/// The number as an index: whole, not negative, however spelled (for JavaScript 1.0 and 1 are the same).
std::optional<std::size_t> to_index(const NumberText& number) noexcept;

/// What the members of an object say about it being a placeholder for an attachment (Socket.IO protocol v5).
struct Placeholder {
    bool is_one = false;               // `"_placeholder":true`
    std::optional<std::size_t> index;  // `"num":k`, when that is a possible index
};

}  // namespace parley::detail
