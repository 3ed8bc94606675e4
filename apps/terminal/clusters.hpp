// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What `parley chat` and `parley ws` know of terminals: a line that is typed while others appear above it.
namespace parley::terminal {

// Texts are UTF-8. An octet that is none is a character of its own, one column wide.

/// Where the grapheme cluster that begins at `from` ends (Unicode UAX #29): what a person takes for one character, as a
/// letter with its accents, a flag, or a family of emoji.
[[nodiscard]] std::size_t next_cluster(std::string_view text, std::size_t from);

/// Where the cluster that ends at `to` begins.
[[nodiscard]] std::size_t previous_cluster(std::string_view text, std::size_t to);

/// How many columns of a terminal a cluster takes: 0 to 2 for most, more for some of South Asia's. Terminals disagree
/// about emoji that are made of several; this is what the newer ones do.
[[nodiscard]] std::size_t cluster_columns(std::string_view cluster);

/// How many columns a text takes in one line.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// Whether a cluster is part of a word: neither space nor punctuation.
[[nodiscard]] bool is_word(std::string_view cluster);
/// Whether a cluster is white space.
[[nodiscard]] bool is_space(std::string_view cluster);

/// Valid UTF-8 without control characters but tabs and line breaks (`\n`; `\r\n` and `\r` become that): what may be
/// typed or pasted. Escape sequences of terminals go as a whole.
[[nodiscard]] std::string without_controls(std::string_view text);

}  // namespace parley::terminal
