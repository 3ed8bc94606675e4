// SPDX-License-Identifier: MIT
#include "parley/base/text.hpp"

#include <array>
#include <charconv>

namespace parley {

std::optional<std::uint64_t> parse_decimal(std::string_view digits) noexcept {
    std::uint64_t number = 0;
    const char* const begin = digits.data();
    const char* const end = begin + digits.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

void append_decimal(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), end);
}

}  // namespace parley
