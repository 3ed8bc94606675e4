// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"

namespace parley::chat {

/// A name as the chat keeps it: outer space trimmed, runs of space made one. An error, in words for the person, if it
/// is empty, longer than `characters_max`, or has control characters.
Result<std::string> clean_name(std::string_view name, std::size_t characters_max);

/// A message as the chat keeps it: outer space trimmed, lines and tabs kept. An error if it is empty or too long, or
/// has other control characters.
Result<std::string> clean_text(std::string_view text, std::size_t characters_max);

/// How many characters (code points) a valid UTF-8 text has.
std::size_t count_characters(std::string_view text);

}  // namespace parley::chat
