// SPDX-License-Identifier: MIT
#include "parley/json/detail/scan.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "parley/base/text.hpp"
#include "parley/base/utf8.hpp"

namespace parley::detail {
namespace {

// Four hexadecimal digits, which have been checked.
char32_t hex_unit(const char* digits) {
    char32_t unit = 0;
    for (int i = 0; i < 4; ++i)
        unit = unit << 4 | static_cast<char32_t>(hex_value(digits[i]));
    return unit;
}

bool is_high_surrogate(char32_t unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(char32_t unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

char unescaped(char letter) {
    switch (letter) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return letter;
    }
}

// Appends what the `\u` escape at the beginning of `rest` stands for, together with a second one that completes it.
// Returns the octets used.
std::size_t append_unicode_escape(std::string& out, std::string_view rest) {
    char32_t code_point = hex_unit(rest.data() + 2);
    std::size_t used = 6;
    if (is_high_surrogate(code_point) && rest.size() >= 12 && rest[6] == '\\' && rest[7] == 'u') {
        const char32_t second = hex_unit(rest.data() + 8);
        if (is_low_surrogate(second)) {
            code_point = 0x10000 + ((code_point - 0xD800) << 10) + (second - 0xDC00);
            used = 12;
        }
    }
    append_utf8(out, code_point);
    return used;
}

// Collects decimal digits for as long as they fit.
struct DigitCollector {
    NumberText& number;

    // Passes over digits; returns how many there were.
    std::int64_t take(const char*& at, const char* end) {
        const char* const first = at;
        for (; at != end && is_digit(*at); ++at)
            add(static_cast<std::uint64_t>(*at - '0'));
        return at - first;
    }

    void add(std::uint64_t digit) {
        constexpr std::uint64_t most = UINT64_MAX / 10;
        if (number.digits > most || (number.digits == most && digit > UINT64_MAX % 10)) number.exact = false;
        number.digits = number.digits * 10 + digit;
    }
};

// Beyond this an exponent of ten says "zero" or "too large", whatever stands before it, in any text that fits memory.
constexpr std::int64_t exponent_max = 2'000'000'000;

// Reads the digits of an exponent, with their sign. False when there are none.
bool scan_exponent(const char*& at, const char* end, std::int64_t& exponent) {
    const bool negative = at != end && *at == '-';
    if (at != end && (*at == '-' || *at == '+')) ++at;
    const char* const first = at;
    for (; at != end && is_digit(*at); ++at)
        exponent = std::min(exponent * 10 + (*at - '0'), exponent_max);
    if (negative) exponent = -exponent;
    return at != first;
}

// Collects the digits of `number` again, without the zeros at their end. Returns how many those are.
std::int64_t drop_trailing_zeros(NumberText& number) {
    std::string_view text(number.begin, number.end);
    text = text.substr(0, text.find_first_of("eE"));
    const std::size_t behind = text.find_last_of("123456789") + 1;
    number.digits = 0;
    number.exact = true;
    DigitCollector collector{number};
    for (const char c : text.substr(0, behind)) {
        if (is_digit(c)) collector.add(static_cast<std::uint64_t>(c - '0'));
    }
    return std::ranges::count(text.substr(behind), '0');
}

// Powers of ten that a double holds exactly.
constexpr std::array<double, 23> exact_powers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// For a number that no double is near: whether it is beyond the largest, not below the smallest.
bool is_beyond_largest(std::string_view text) {
    const std::size_t first = text.find_first_of("123456789");
    const std::size_t exponent_at = std::min(text.find_first_of("eE"), text.size());
    const std::size_t point = std::min(text.find('.'), exponent_at);
    std::int64_t exponent = 0;
    if (exponent_at != text.size()) {
        const char* at = text.data() + exponent_at + 1;
        scan_exponent(at, text.data() + text.size(), exponent);
    }
    return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) + exponent > 0;
}

}  // namespace

const char* find_escape_end(const char* at, const char* end) noexcept {
    if (end - at < 2) return nullptr;
    if (at[1] != 'u') return std::string_view("\"\\/bfnrt").find(at[1]) != std::string_view::npos ? at + 2 : nullptr;
    if (end - at < 6) return nullptr;
    const bool four_digits = std::all_of(at + 2, at + 6, [](char c) { return hex_value(c) >= 0; });
    return four_digits ? at + 6 : nullptr;
}

void append_unescaped(std::string& out, std::string_view body) {
    while (true) {
        const std::size_t run = std::min(body.find('\\'), body.size());
        out.append(body.substr(0, run));
        body.remove_prefix(run);
        if (body.empty()) return;
        if (body[1] == 'u') {
            body.remove_prefix(append_unicode_escape(out, body));
        } else {
            out.push_back(unescaped(body[1]));
            body.remove_prefix(2);
        }
    }
}

bool scan_number(const char* at, const char* end, NumberText& number) noexcept {
    number = {.begin = at};
    std::int64_t value = 0;
    if (const char* const behind = scan_short_integer(at, end, value)) {
        number.end = behind;
        number.negative = *at == '-';
        number.digits = static_cast<std::uint64_t>(number.negative ? -value : value);
        return true;
    }
    DigitCollector collector{number};
    if (at != end && *at == '-') {
        number.negative = true;
        ++at;
    }
    const bool leading_zero = at != end && *at == '0';
    const std::int64_t whole_digits = collector.take(at, end);
    if (whole_digits == 0 || (leading_zero && whole_digits > 1)) return false;

    std::int64_t exponent = 0;
    std::int64_t fraction_digits = 0;
    if (at != end && *at == '.') {
        number.integral = false;
        ++at;
        fraction_digits = collector.take(at, end);
        if (fraction_digits == 0) return false;
    }
    if (at != end && (*at == 'e' || *at == 'E')) {
        number.integral = false;
        ++at;
        if (!scan_exponent(at, end, exponent)) return false;
    }
    exponent -= fraction_digits;
    number.exponent = static_cast<std::int32_t>(std::clamp(exponent, -exponent_max, exponent_max));
    number.end = at;
    return true;
}

std::optional<double> to_double(const NumberText& number) noexcept {
    // Both operands exact: the one rounding of the operation gives the nearest double (Clinger, 1990).
    constexpr std::uint64_t exact_integers = std::uint64_t{1} << 53;
    if (number.exact && number.digits <= exact_integers && number.exponent >= -22 && number.exponent <= 22) {
        auto value = static_cast<double>(number.digits);
        if (number.exponent < 0) {
            value /= exact_powers[static_cast<std::size_t>(-number.exponent)];
        } else {
            value *= exact_powers[static_cast<std::size_t>(number.exponent)];
        }
        return number.negative ? -value : value;
    }
    double value = 0;
    const auto [stop, error] = std::from_chars(number.begin, number.end, value);
    if (error == std::errc{}) return value;
    if (is_beyond_largest({number.begin, number.end})) return std::nullopt;
    return number.negative ? -0.0 : 0.0;
}

std::optional<std::uint64_t> to_whole(const NumberText& number) noexcept {
    NumberText significant = number;
    std::int64_t exponent = number.exponent;
    if (!number.exact) exponent += drop_trailing_zeros(significant);
    std::uint64_t whole = significant.digits;
    if (!significant.exact) return std::nullopt;
    if (whole == 0) return 0;
    // Of up to 64 bits: both loops end after twenty steps.
    for (; exponent > 0; --exponent) {
        if (whole > UINT64_MAX / 10) return std::nullopt;
        whole *= 10;
    }
    for (; exponent < 0; ++exponent) {
        if (whole % 10 != 0) return std::nullopt;
        whole /= 10;
    }
    return whole;
}

std::optional<std::size_t> to_index(const NumberText& number) noexcept {
    const std::optional<std::uint64_t> whole = to_whole(number);
    return number.negative && whole != 0 ? std::nullopt : std::optional<std::size_t>(whole);
}

}  // namespace parley::detail
