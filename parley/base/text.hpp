// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley {

// ASCII text, as protocols need it: no locale, no allocation.

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// The value of a hexadecimal digit, or -1.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Whether the two are equal when ASCII letters of either case are the same.
[[nodiscard]] constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (to_lower(a[i]) != to_lower(b[i])) return false;
    }
    return true;
}

/// `text` without the spaces and tabs around it (OWS, RFC 9110 §5.6.3).
[[nodiscard]] constexpr std::string_view trim_ows(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// The part of `rest` before the first `separator`; `rest` becomes what follows it. Without one: all of it, and `rest`
/// becomes empty.
[[nodiscard]] constexpr std::string_view take_until(std::string_view& rest, char separator) noexcept {
    const std::size_t at = rest.find(separator);
    const std::string_view field = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
    return field;
}

/// Calls `visit(std::string_view item)` for each item of a comma-separated list, trimmed, empty ones left out (RFC 9110
/// §5.6.1). A `visit` that returns false is called for no further item.
template <typename Visit>
constexpr void for_each_list_item(std::string_view list, Visit&& visit) {
    while (!list.empty()) {
        const std::string_view item = trim_ows(take_until(list, ','));
        if (item.empty()) continue;
        if constexpr (requires { static_cast<bool>(visit(item)); }) {
            if (!visit(item)) return;
        } else {
            visit(item);
        }
    }
}

/// The number that `digits` spells: decimal digits only, at least one, no sign, no space. Nothing when it is anything
/// else or does not fit.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view digits) noexcept;

/// Appends `number` in decimal.
void append_decimal(std::string& out, std::uint64_t number);

}  // namespace parley
