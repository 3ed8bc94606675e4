// SPDX-License-Identifier: MIT
#include "parley/http/ip_address.hpp"

#include <algorithm>
#include <cstddef>

#include "parley/base/text.hpp"

namespace parley::http {
namespace {

constexpr std::size_t groups_max = Ipv6Groups().size();

std::optional<std::uint32_t> parse_ipv4_address(std::string_view text) {
    std::uint32_t address = 0;
    for (int field = 0; field < 4; ++field) {
        const std::size_t dot = text.find('.');
        if ((dot == std::string_view::npos) != (field == 3)) return std::nullopt;
        const std::string_view digits = text.substr(0, dot);
        if (digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
        const std::optional<std::uint64_t> number = parse_decimal(digits);
        if (!number || *number > 255) return std::nullopt;
        address = address << 8 | static_cast<std::uint32_t>(*number);
        text.remove_prefix(field == 3 ? text.size() : dot + 1);
    }
    return address;
}

std::optional<std::uint16_t> parse_group(std::string_view text) {
    if (text.empty() || text.size() > 4) return std::nullopt;
    int value = 0;
    for (const char c : text) {
        if (hex_value(c) < 0) return std::nullopt;
        value = value << 4 | hex_value(c);
    }
    return static_cast<std::uint16_t>(value);
}

/// The groups of one side of a `::`, or of an address without one.
struct GroupRow {
    Ipv6Groups groups{};
    std::size_t size = 0;

    [[nodiscard]] bool add(std::uint32_t group) {
        if (size == groups.size()) return false;
        groups[size++] = static_cast<std::uint16_t>(group);
        return true;
    }
};

enum class Side { first, last };

// Only the end of an address may be an IPv4 address, which stands for two groups.
std::optional<GroupRow> parse_row(std::string_view text, Side side) {
    GroupRow row;
    while (!text.empty()) {
        const std::size_t colon = text.find(':');
        const std::string_view field = text.substr(0, colon);
        const bool is_last = colon == std::string_view::npos;
        if (is_last && side == Side::last) {
            if (const auto ipv4 = parse_ipv4_address(field))
                return row.add(*ipv4 >> 16) && row.add(*ipv4 & 0xffff) ? std::optional(row) : std::nullopt;
        }
        const std::optional<std::uint16_t> group = parse_group(field);
        if (!group || !row.add(*group)) return std::nullopt;
        if (is_last) break;
        text.remove_prefix(colon + 1);
        if (text.empty()) return std::nullopt;
    }
    return row;
}

}  // namespace

bool ends_in_number(std::string_view host) noexcept {
    if (host.ends_with('.')) host.remove_suffix(1);
    const std::string_view last = host.substr(host.rfind('.') + 1);  // npos + 1 is the beginning
    if (std::ranges::all_of(last, is_digit)) return true;
    return last.starts_with("0x") && std::ranges::all_of(last.substr(2), [](char c) { return hex_value(c) >= 0; });
}

bool is_ipv4_address(std::string_view text) noexcept {
    return parse_ipv4_address(text).has_value();
}

std::optional<Ipv6Groups> parse_ipv6_address(std::string_view text) noexcept {
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) {
        const std::optional<GroupRow> all = parse_row(text, Side::last);
        return all && all->size == groups_max ? std::optional(all->groups) : std::nullopt;
    }
    std::optional<GroupRow> whole = parse_row(text.substr(0, gap), Side::first);
    const std::optional<GroupRow> after = parse_row(text.substr(gap + 2), Side::last);
    if (!whole || !after || whole->size + after->size >= groups_max) return std::nullopt;
    std::copy_n(after->groups.begin(), after->size, whole->groups.end() - static_cast<std::ptrdiff_t>(after->size));
    return whole->groups;
}

std::string short_form(const Ipv6Groups& groups) {
    std::size_t gap = groups_max;  // where the first longest row of zeros begins; a single zero is no row
    std::size_t gap_size = 1;
    for (std::size_t begin = 0; begin < groups_max; ++begin) {
        std::size_t end = begin;
        while (end < groups_max && groups[end] == 0)
            ++end;
        if (end - begin <= gap_size) continue;
        gap = begin;
        gap_size = end - begin;
    }

    std::string text;
    for (std::size_t i = 0; i < groups_max; ++i) {
        if (i == gap) {
            text.append("::");
            i += gap_size - 1;
            continue;
        }
        if (!text.empty() && !text.ends_with(':')) text.push_back(':');
        constexpr std::string_view digits = "0123456789abcdef";
        int shift = 12;
        while (shift > 0 && groups[i] >> shift == 0)
            shift -= 4;
        for (; shift >= 0; shift -= 4)
            text.push_back(digits[groups[i] >> shift & 0xf]);
    }
    return text;
}

}  // namespace parley::http
