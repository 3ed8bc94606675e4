// SPDX-License-Identifier: MIT
#include "apps/parley/chat_view.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "apps/chat/wording.hpp"
#include "apps/terminal/clusters.hpp"
#include "parley/base/text.hpp"

namespace parley {

namespace {

using terminal::Colours;

constexpr std::string_view plain = "\x1b[0m";
constexpr std::string_view dim = "\x1b[2m";
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view yellow = "\x1b[33m";
// That are read on dark and on light ground.
constexpr std::array<std::string_view, 6> name_colours{"\x1b[31m", "\x1b[32m", "\x1b[34m",
                                                       "\x1b[35m", "\x1b[36m", "\x1b[33m"};
constexpr std::size_t names_shown = 3;

std::string in(std::string_view style, std::string_view text, Colours colours) {
    if (colours == Colours::none) return std::string(text);
    return std::string(style) + std::string(text) + std::string(plain);
}

/// The same for a name wherever it stands.
std::string_view colour_of(std::string_view name) {
    std::uint32_t sum = 0;
    for (const char octet : name)
        sum = sum * 31 + static_cast<unsigned char>(octet);
    return name_colours[sum % name_colours.size()];
}

std::string formatted(std::int64_t milliseconds, const char* format) {
    const auto seconds = static_cast<std::time_t>(milliseconds / 1000);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), format, &local)};
}

}  // namespace

std::string listed_names(const std::vector<std::string>& names) {
    const std::size_t shown = names.size() > names_shown + 1 ? names_shown : names.size();
    std::string list;
    for (std::size_t i = 0; i < shown; ++i) {
        const bool is_last = i + 1 == names.size();
        list += (i == 0 ? "" : is_last ? " and " : ", ") + chat::printable(names[i]);
    }
    if (shown < names.size()) list += " and " + std::to_string(names.size() - shown) + " others";
    return list;
}

std::string ChatView::line_begin(std::int64_t time) {
    if (times_ == Times::full) return formatted(time, "%Y-%m-%d %H:%M:%S ");
    std::string begin;
    if (std::string day = formatted(time, "%A, %e %B %Y"); day != day_) {
        begin = in(dim, "--- " + day, colours_) + "\n";
        day_ = std::move(day);
    }
    return begin + in(dim, formatted(time, "%H:%M"), colours_) + " ";
}

std::string ChatView::message(const chat::Message& message, Author author) {
    const std::string name = chat::printable(message.name);
    std::string lines = line_begin(message.time);
    const std::size_t clock_columns = times_ == Times::full ? 20 : 6;
    const std::string indent(clock_columns + terminal::columns_of(name) + 2, ' ');
    lines += in(author == Author::oneself ? bold : colour_of(name), name, colours_) + ": ";
    for (std::string_view rest = message.text, line; !rest.empty();) {
        line = take_until(rest, '\n');
        std::string spaced(line);
        std::ranges::replace(spaced, '\t', ' ');
        lines += chat::printable(spaced);
        if (!rest.empty()) lines += '\n' + indent;
    }
    return lines;
}

std::string ChatView::comings(const std::vector<std::string>& joined, const std::vector<std::string>& left,
                              std::int64_t time) {
    std::string words;
    if (!joined.empty()) words = listed_names(joined) + " joined";
    if (!left.empty()) words += (words.empty() ? "" : ", ") + listed_names(left) + " left";
    if (words.empty()) return {};
    std::string begin = line_begin(time);
    return begin + in(dim, "* " + words, colours_);
}

std::string ChatView::remark(std::string_view text) const {
    return in(dim, "* " + chat::printable(text), colours_);
}

std::string ChatView::warning(std::string_view text) const {
    return in(yellow, "* " + chat::printable(text), colours_);
}

}  // namespace parley
