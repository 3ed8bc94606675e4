// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "parley/base/text.hpp"

namespace parley::http::detail {

// The character classes of HTTP, as tables of bits: one load per character.
enum CharacterClass : std::uint8_t {
    token_character = 1,  // RFC 9110 §5.6.2
    // What may stand in a request target before and behind its '?': RFC 3986 §3.3 and §3.4, and what browsers leave as
    // it is beside that (URL Standard §1.3, the path and query percent-encode sets; '^' in a path by older ones). In a
    // path an escape is looked at as a whole.
    path_character = 2,
    query_character = 4,
    host_character = 8,  // RFC 3986 §3.2.2, reg-name, without '%'
};

constexpr std::array<std::uint8_t, 256> make_character_classes() {
    std::array<std::uint8_t, 256> classes{};
    const auto mark = [&](std::string_view characters, int bits) {
        for (const char c : characters)
            classes[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(bits);
    };
    constexpr int target_character = path_character | query_character;
    mark("abcdefghijklmnopqrstuvwxyz", token_character | target_character | host_character);
    mark("ABCDEFGHIJKLMNOPQRSTUVWXYZ", token_character | target_character | host_character);
    mark("0123456789", token_character | target_character | host_character);
    mark("-._~!$&'*+", token_character | target_character | host_character);
    mark("(),;=", target_character | host_character);
    mark("#^`|%", token_character);
    mark("/:@[]|^", target_character);
    mark("?%`{}\\", query_character);
    return classes;
}

inline constexpr std::array<std::uint8_t, 256> character_classes = make_character_classes();

constexpr bool is_character_of(CharacterClass wanted, char c) noexcept {
    return (character_classes[static_cast<unsigned char>(c)] & wanted) != 0;
}

constexpr bool all_characters_of(CharacterClass wanted, std::string_view text) noexcept {
    for (const char c : text) {
        if (!is_character_of(wanted, c)) return false;
    }
    return true;
}

constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && all_characters_of(token_character, text);
}

/// Whether `target` is path and query as a request line may have them: characters of a URL, whole escapes in the path.
///
/// In a query, a '%' that begins no escape stands for itself: browsers leave it, and forms are read so (URL Standard).
constexpr bool is_request_target(std::string_view target) noexcept {
    for (std::size_t at = 0;; at += 3) {
        while (at < target.size() && is_character_of(path_character, target[at]))
            ++at;
        if (at == target.size()) return true;
        if (target[at] == '?') return all_characters_of(query_character, target.substr(at));
        const bool is_escape = target[at] == '%' && target.size() - at >= 3 && hex_value(target[at + 1]) >= 0 &&
                               hex_value(target[at + 2]) >= 0;
        if (!is_escape) return false;
    }
}

/// Whether `c` may not stand in a header value: a control character other than TAB (RFC 9110 §5.5).
constexpr bool is_forbidden_control(char c) noexcept {
    const auto octet = static_cast<unsigned char>(c);
    return (octet < 0x20 && octet != '\t') || octet == 0x7f;
}

constexpr const char* find_control_scalar(const char* at, const char* end) noexcept {
    while (at != end && !is_forbidden_control(*at))
        ++at;
    return at;
}

/// The first forbidden control character, which is where a well-formed line ends; `end` when there is none.
inline const char* find_control(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
    const __m128i last_control = _mm_set1_epi8(0x1f);
    const __m128i tab = _mm_set1_epi8('\t');
    const __m128i del = _mm_set1_epi8(0x7f);
    for (; end - at >= 16; at += 16) {
        const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(octets, last_control), octets);
        const __m128i forbidden =
            _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(octets, tab), low), _mm_cmpeq_epi8(octets, del));
        const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(forbidden));
        if (mask != 0) return at + std::countr_zero(mask);
    }
#endif
    return find_control_scalar(at, end);
}

}  // namespace parley::http::detail
