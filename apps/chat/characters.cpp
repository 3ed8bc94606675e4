// SPDX-License-Identifier: MIT
#include "apps/chat/characters.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <iterator>

namespace parley::chat {

namespace {

struct CharacterRange {
    char32_t first;
    char32_t last;
    CharacterKind kind;
};

using enum CharacterKind;

// In the order of the code points: Unicode's Cc, Zs, Zl, Zp and Default_Ignorable_Code_Point, and the Braille blank.
constexpr std::array ranges{
    CharacterRange{0x0000, 0x001F, control},   CharacterRange{0x0020, 0x0020, space},
    CharacterRange{0x007F, 0x009F, control},   CharacterRange{0x00A0, 0x00A0, space},
    CharacterRange{0x00AD, 0x00AD, layout},    CharacterRange{0x034F, 0x034F, joining},
    CharacterRange{0x061C, 0x061C, layout},    CharacterRange{0x115F, 0x1160, layout},
    CharacterRange{0x1680, 0x1680, space},     CharacterRange{0x17B4, 0x17B5, layout},
    CharacterRange{0x180B, 0x180D, joining},   CharacterRange{0x180E, 0x180E, layout},
    CharacterRange{0x180F, 0x180F, joining},   CharacterRange{0x2000, 0x200A, space},
    CharacterRange{0x200B, 0x200B, layout},    CharacterRange{0x200C, 0x200D, joining},
    CharacterRange{0x200E, 0x200F, layout},    CharacterRange{0x2028, 0x2029, control},
    CharacterRange{0x202A, 0x202E, layout},    CharacterRange{0x202F, 0x202F, space},
    CharacterRange{0x205F, 0x205F, space},     CharacterRange{0x2060, 0x206F, layout},
    CharacterRange{0x2800, 0x2800, space},     CharacterRange{0x3000, 0x3000, space},
    CharacterRange{0x3164, 0x3164, layout},    CharacterRange{0xFE00, 0xFE0F, joining},
    CharacterRange{0xFEFF, 0xFEFF, layout},    CharacterRange{0xFFA0, 0xFFA0, layout},
    CharacterRange{0xFFF0, 0xFFFB, layout},    CharacterRange{0x1BCA0, 0x1BCA3, layout},
    CharacterRange{0x1D173, 0x1D17A, layout},  CharacterRange{0xE0000, 0xE001F, layout},
    CharacterRange{0xE0020, 0xE007F, joining}, CharacterRange{0xE0080, 0xE00FF, layout},
    CharacterRange{0xE0100, 0xE01EF, joining}, CharacterRange{0xE01F0, 0xE0FFF, layout},
};

/// Capital letters whose small ones follow at a distance; with a distance of 1 they take turns.
struct CapitalRange {
    char32_t first;
    char32_t last;
    char32_t distance;
};

constexpr std::array capitals{
    CapitalRange{0x0041, 0x005A, 32}, CapitalRange{0x00C0, 0x00D6, 32}, CapitalRange{0x00D8, 0x00DE, 32},
    CapitalRange{0x0100, 0x0137, 1},  CapitalRange{0x0139, 0x0148, 1},  CapitalRange{0x014A, 0x0177, 1},
    CapitalRange{0x0179, 0x017E, 1},  CapitalRange{0x0386, 0x0386, 38}, CapitalRange{0x0388, 0x038A, 37},
    CapitalRange{0x038C, 0x038C, 64}, CapitalRange{0x038E, 0x038F, 63}, CapitalRange{0x0391, 0x03AB, 32},
    CapitalRange{0x03C2, 0x03C2, 1},  CapitalRange{0x0400, 0x040F, 80}, CapitalRange{0x0410, 0x042F, 32},
    CapitalRange{0x0460, 0x0481, 1},  CapitalRange{0x048A, 0x04BF, 1},  CapitalRange{0x04D0, 0x052F, 1},
    CapitalRange{0x1E00, 0x1E95, 1},  CapitalRange{0x1EA0, 0x1EFF, 1},
};

}  // namespace

CharacterKind kind_of(char32_t character) {
    const auto* const above = std::ranges::upper_bound(ranges, character, {}, &CharacterRange::first);
    if (above == ranges.begin()) return visible;
    const CharacterRange& candidate = *std::prev(above);
    return character <= candidate.last ? candidate.kind : visible;
}

char32_t small_letter(char32_t character) {
    const auto* const above = std::ranges::upper_bound(capitals, character, {}, &CapitalRange::first);
    if (above == capitals.begin()) return character;
    const CapitalRange& range = *std::prev(above);
    if (character > range.last) return character;
    if (range.distance == 1 && (character - range.first) % 2 == 1) return character;
    return character + range.distance;
}

char32_t take_character(std::string_view& rest) {
    const auto first = static_cast<std::uint8_t>(rest.front());
    const auto length = static_cast<std::size_t>(first < 0x80 ? 1 : std::countl_one(first));
    char32_t character = length == 1 ? first : first & (0x7FU >> length);
    for (const char octet : rest.substr(1, length - 1))
        character = character << 6 | (static_cast<std::uint8_t>(octet) & 0x3FU);
    rest.remove_prefix(std::min(length, rest.size()));
    return character;
}

}  // namespace parley::chat
