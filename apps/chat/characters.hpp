// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace parley::chat {

/// What a character does in a line of text, as far as a chat has to care.
enum class CharacterKind {
    visible,
    space,    ///< of any width
    control,  ///< U+0000..1F, U+007F..9F, and the line and paragraph separators
    layout,   ///< invisible and meant for nobody's name: direction marks and overrides, fillers, soft hyphen, BOM
    joining,  ///< invisible, but at work between others: joiners, variation selectors, tags (emoji, Persian, Hindi)
};

[[nodiscard]] CharacterKind kind_of(char32_t character);

/// The small letter of a capital one, in the Latin, Greek and Cyrillic alphabets; else the character itself.
[[nodiscard]] char32_t small_letter(char32_t character);

/// Takes the first character from `rest`, which must not be empty. Ill-formed UTF-8 gives some character, no harm.
[[nodiscard]] char32_t take_character(std::string_view& rest);

}  // namespace parley::chat
