// SPDX-License-Identifier: MIT
#include "apps/chat/search.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "apps/chat/wording.hpp"
#include "parley/base/text.hpp"

namespace parley::chat {

namespace {

std::unexpected<Error> refused(std::string why, ErrorCode code = ErrorCode::invalid_input) {
    return std::unexpected(Error{code, std::move(why)});
}

/// Whether there is something in it that can be a word: the full text knows nothing of signs alone.
bool has_word(std::string_view text) {
    return std::ranges::any_of(text, [](char octet) {
        const auto value = static_cast<unsigned char>(octet);
        return value >= 0x80 || (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z') ||
               (octet >= 'a' && octet <= 'z');
    });
}

/// A word, or what stands in quotation marks; a mark that is not closed reaches to the end.
std::string take_value(std::string_view& rest) {
    const bool is_quoted = rest.starts_with('"');
    if (is_quoted) rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find_first_of(is_quoted ? "\"" : " \t\n"), rest.size());
    std::string value(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return value;
}

bool take_prefix(std::string_view& rest, std::string_view prefix) {
    if (!rest.starts_with(prefix)) return false;
    rest.remove_prefix(prefix.size());
    return true;
}

/// The beginning of a day, as `2026-11-28`.
std::optional<std::int64_t> time_of_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = parse_decimal(text.substr(0, 4));
    const auto month = parse_decimal(text.substr(5, 2));
    const auto day = parse_decimal(text.substr(8, 2));
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::milliseconds(std::chrono::sys_days(date).time_since_epoch()).count();
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char octet : text) {
        if (octet == '"') out += '"';
        if (octet != '\0') out += octet;
    }
    return out + '"';
}

}  // namespace

Result<Search> parse_search(std::string_view text, const SearchLimits& limits) {
    if (count_characters(text) > limits.characters_max)
        return refused("That is too long to look for.", ErrorCode::limit_exceeded);
    Search search;
    for (std::string_view rest = text; !rest.empty();) {
        if (rest.front() == ' ' || rest.front() == '\t' || rest.front() == '\n') {
            rest.remove_prefix(1);
        } else if (take_prefix(rest, "from:")) {
            search.from = take_value(rest);
        } else if (take_prefix(rest, "in:")) {
            search.room = take_value(rest);
            if (search.room.starts_with('#')) search.room.erase(0, 1);
        } else if (take_prefix(rest, "before:")) {
            search.before = time_of_day(take_value(rest));
            if (!search.before) return refused("A date is written as in before:2026-11-28.");
        } else {
            const bool is_quoted = rest.front() == '"';
            std::string phrase = take_value(rest);
            search.is_last_begun = !is_quoted;
            if (has_word(phrase)) search.phrases.push_back(std::move(phrase));
        }
    }
    if (search.phrases.size() > limits.phrases_max)
        return refused("Those are too many words to look for.", ErrorCode::limit_exceeded);
    if (search.phrases.empty() && !has_word(search.from))
        return refused("Type a word to look for, or from: and a name.");
    if (!search.from.empty() && !has_word(search.from)) return refused("That is nobody's name.");
    return search;
}

std::string full_text_expression(const Search& search, const std::vector<std::string>& scopes) {
    std::string expression = "scope : (";
    for (std::size_t i = 0; i < scopes.size(); ++i)
        expression += (i == 0 ? "" : " OR ") + quoted(scopes[i]);
    expression += ")";
    if (!search.from.empty()) expression += " AND author : " + quoted(search.from);
    for (const std::string& phrase : search.phrases)
        expression += " AND text : " + quoted(phrase);
    if (search.is_last_begun && !search.phrases.empty()) expression += " *";
    return expression;
}

}  // namespace parley::chat
