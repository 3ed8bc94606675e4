// SPDX-License-Identifier: MIT
#include "parley/json/detail/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace parley::detail {
namespace {

using Buffer = std::array<char, 32>;

// Whole numbers of 64 bits are written to their last digit, as integers are: whoever reads more than a double out of
// the text gets the same value. They are most of the doubles that programs send.
bool is_whole(double number) {
    return number >= -0x1p63 && number < 0x1p64 && std::trunc(number) == number;
}

struct Decimal {
    std::string digits;  // without leading or trailing zeros; short enough to need no allocation beyond 15
    int point = 0;       // 0.DIGITS times ten to the power of this
};

// `number` is finite and above zero.
Decimal shortest_decimal(double number) {
    Buffer buffer{};
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
    const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    const std::size_t exponent_at = text.find('e');
    Decimal decimal;
    decimal.digits.push_back(text[0]);
    if (exponent_at > 2) decimal.digits.append(text.substr(2, exponent_at - 2));
    int exponent = 0;
    const bool negative = text[exponent_at + 1] == '-';
    std::from_chars(text.data() + exponent_at + 2, end, exponent);
    decimal.point = 1 + (negative ? -exponent : exponent);
    return decimal;
}

void append_exponent_form(std::string& out, const Decimal& decimal) {
    const int exponent = decimal.point - 1;
    out.push_back(decimal.digits[0]);
    if (decimal.digits.size() > 1) {
        out.push_back('.');
        out.append(decimal.digits, 1);
    }
    out.append(exponent < 0 ? "e-" : "e+");
    out.append(std::to_string(std::abs(exponent)));
}

void append_decimal_form(std::string& out, const Decimal& decimal) {
    const auto count = static_cast<int>(decimal.digits.size());
    if (decimal.point <= 0) {
        out.append("0.").append(static_cast<std::size_t>(-decimal.point), '0').append(decimal.digits);
    } else if (count <= decimal.point) {
        out.append(decimal.digits).append(static_cast<std::size_t>(decimal.point - count), '0');
    } else {
        const auto whole = static_cast<std::size_t>(decimal.point);
        out.append(decimal.digits, 0, whole).append(1, '.').append(decimal.digits, whole);
    }
}

}  // namespace

void append_double(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out.append("null");
        return;
    }
    if (number < 0) out.push_back('-');
    if (is_whole(number)) {
        Buffer buffer{};
        const auto [end, error] =
            std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<std::uint64_t>(std::fabs(number)));
        out.append(buffer.data(), end);
        return;
    }
    const Decimal decimal = shortest_decimal(std::fabs(number));
    // JavaScript writes an exponent only for 1e21 and larger, and below 1e-6.
    if (decimal.point > 21 || decimal.point < -5) {
        append_exponent_form(out, decimal);
    } else {
        append_decimal_form(out, decimal);
    }
}

}  // namespace parley::detail
