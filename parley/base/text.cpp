// SPDX-License-Identifier: MIT
#include "parley/base/text.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace parley {

std::optional<std::uint64_t> parse_decimal(std::string_view digits) noexcept {
    std::uint64_t number = 0;
    const char* const begin = digits.data();
    const char* const end = begin + digits.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

// std::to_chars of libstdc++ 12 puts its table of digits on the stack each time.
void append_decimal(std::string& out, std::uint64_t number) {
    static constexpr auto pairs = [] {
        std::array<char, 200> made{};
        for (std::size_t i = 0; i < made.size(); ++i)
            made[i] = static_cast<char>('0' + (i % 2 == 0 ? i / 20 : i / 2 % 10));
        return made;
    }();
    std::array<char, 20> digits;  // of which the last are written
    std::size_t at = digits.size();
    while (number >= 10) {
        at -= 2;
        std::memcpy(&digits[at], &pairs[number % 100 * 2], 2);
        number /= 100;
    }
    if (number > 0 || at == digits.size()) digits[--at] = static_cast<char>('0' + number);
    out.append(&digits[at], digits.size() - at);
}

}  // namespace parley
