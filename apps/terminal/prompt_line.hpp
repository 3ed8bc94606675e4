// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::terminal {

/// Whether what is drawn has colours.
enum class Colours : std::uint8_t { none, ansi };

/// Whether a prompt says that all is well.
enum class Mood : std::uint8_t { calm, alarmed };

/// The line at the bottom of a terminal: a prompt, what is being typed, and a word about how things stand at its right.
struct PromptLine {
    std::string_view prompt{};
    Mood mood = Mood::calm;     ///< of the prompt
    std::string_view text{};    ///< a line break in it is drawn as a sign
    std::size_t cursor = 0;     ///< in octets, between two clusters
    std::string_view status{};  ///< left out where there is no room for it
};

/// What a line looks like in a terminal.
struct Drawing {
    std::string octets;       ///< to be written where the line begins
    std::size_t columns = 0;  ///< how wide it is
    std::size_t cursor = 0;   ///< in which column the cursor stands, from 0
};

/// Draws a line in one row of `columns`. What is too long scrolls, so that the cursor is always seen.
///
/// The cursor is put where the terminal itself says that the text before it ends, and what is wider than thought is cut
/// at the edge: terminals may take more or fewer columns for an emoji than is counted here.
[[nodiscard]] Drawing draw(const PromptLine& line, std::size_t columns, Colours colours);

}  // namespace parley::terminal
