// SPDX-License-Identifier: MIT
#include "parley/http/range.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "parley/base/text.hpp"

namespace parley::http {
namespace {

constexpr RangeSelection whole{};
constexpr RangeSelection unsatisfiable{.kind = RangeSelection::Kind::unsatisfiable};

// A position too large for 64 bits is still a position: one behind every end.
std::optional<std::uint64_t> read_position(std::string_view digits) {
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    return parse_decimal(digits).value_or(UINT64_MAX);
}

}  // namespace

RangeSelection select_range(std::string_view range, std::uint64_t size) noexcept {
    const std::size_t equals = range.find('=');
    if (equals == std::string_view::npos || !equals_ignoring_case(range.substr(0, equals), "bytes")) return whole;
    const std::string_view spec = trim_ows(range.substr(equals + 1));
    const std::size_t dash = spec.find('-');
    if (dash == std::string_view::npos) return whole;
    const std::string_view first_digits = spec.substr(0, dash);
    const std::string_view last_digits = spec.substr(dash + 1);

    if (first_digits.empty()) {
        const std::optional<std::uint64_t> suffix = read_position(last_digits);
        if (!suffix) return whole;
        if (*suffix == 0 || size == 0) return unsatisfiable;
        const std::uint64_t length = std::min(*suffix, size);
        return {.kind = RangeSelection::Kind::part, .offset = size - length, .length = length};
    }
    const std::optional<std::uint64_t> first = read_position(first_digits);
    const std::optional<std::uint64_t> last = last_digits.empty() ? UINT64_MAX : read_position(last_digits);
    if (!first || !last || *last < *first) return whole;
    if (*first >= size) return unsatisfiable;
    return {.kind = RangeSelection::Kind::part, .offset = *first, .length = std::min(*last, size - 1) - *first + 1};
}

std::string content_range(const RangeSelection& selection, std::uint64_t size) {
    std::string out = "bytes ";
    if (selection.kind == RangeSelection::Kind::part) {
        append_decimal(out, selection.offset);
        out.push_back('-');
        append_decimal(out, selection.offset + selection.length - 1);
    } else {
        out.push_back('*');
    }
    out.push_back('/');
    append_decimal(out, size);
    return out;
}

}  // namespace parley::http
