// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"

namespace parley::chat {

// All texts here are valid UTF-8, as everything is that came in as JSON.

/// A name as the chat keeps it: outer space trimmed, space of any kind made one U+0020, characters that only steer the
/// layout (directions, fillers) left out; joiners stay, as emoji and several scripts need them. An error, in words for
/// the person, if nothing visible is in it, if it is longer than `characters_max`, or if it has control characters.
Result<std::string> clean_name(std::string_view name, std::size_t characters_max);

/// The name of a room as the chat keeps it: as `clean_name`, and an error for one that no address can hold. Browsers
/// take
/// `.` and `..` for steps between directories, however they are written (WHATWG URL, "dot path segments").
Result<std::string> clean_room_name(std::string_view name, std::size_t characters_max);

/// A cleaned name as people compare it: capital and small letters alike, joiners left out.
std::u32string comparable_name(std::string_view name);

/// A message as the chat keeps it: outer space trimmed, lines and tabs kept. An error if nothing visible is in it, if
/// it is too long, or has other control characters.
Result<std::string> clean_text(std::string_view text, std::size_t characters_max);

/// Whether a draft may have this key: visible ASCII without quotation marks and backslashes, so that it travels as long
/// as it is.
bool is_usable_key(std::string_view key, std::size_t bytes_max);

/// The text as one line of a log: each control character made a question mark, and what is no UTF-8 U+FFFD.
std::string printable(std::string_view text);

/// How many characters (code points) a text has.
std::size_t count_characters(std::string_view text);

}  // namespace parley::chat
