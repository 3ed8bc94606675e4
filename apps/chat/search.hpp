// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/error.hpp"

namespace parley::chat {

/// What somebody looks for.
struct Search {
    std::vector<std::string> phrases;    ///< all of them in the text, each as its words stand one behind the other
    bool is_last_begun = false;          ///< the last word of the last phrase may go on, if nothing has it as it is
    std::string from;                    ///< in the sender's name; empty: of anybody
    std::string room;                    ///< empty: in those that were asked about
    std::optional<std::int64_t> before;  ///< said earlier, in milliseconds since 1970
};

struct SearchLimits {
    std::size_t characters_max = 200;
    std::size_t phrases_max = 16;
};

/// Reads what somebody typed: words, "phrases in quotation marks", `from:name`, `in:room`, `before:2026-11-28` (the day
/// in UTC); values with spaces in quotation marks. Whatever else stands there is something to look for, as it is. An
/// error, in words for the person, where nothing is to be looked for, a date is none, or it is too much.
Result<Search> parse_search(std::string_view text, const SearchLimits& limits);

/// The same in the language of SQLite's FTS5: for columns `text` and `author`, of which `scopes` says by a word of the
/// program's own where to look. Whatever people type is a quoted string there.
std::string full_text_expression(const Search& search, const std::vector<std::string>& scopes);

}  // namespace parley::chat
