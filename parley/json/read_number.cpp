// SPDX-License-Identifier: MIT
#include "parley/json/reader.hpp"

#include "parley/base/text.hpp"
#include "parley/json/detail/scan.hpp"

namespace parley {
namespace {

constexpr const char* number_too_large = "the number is too large";

}  // namespace

bool JsonReader::read_number(detail::NumberText& number) {
    const char next = next_octet();
    if (next != '-' && !is_digit(next)) return unexpected("a number");
    if (!detail::scan_number(at_, end_, number)) return fail("not a number", at_);
    at_ = number.end;
    return true;
}

bool JsonReader::read(double& value) {
    detail::NumberText number;
    if (!read_number(number)) return false;
    const std::optional<double> nearest = detail::to_double(number);
    if (!nearest) return fail(number_too_large, number.begin);
    value = *nearest;
    return true;
}

// An integer may be spelled 3.0 or 3e0: for JavaScript they are the same number.
bool JsonReader::read(std::int64_t& value) {
    next_octet();
    if (const char* const behind = detail::scan_short_integer(at_, end_, value)) {
        at_ = behind;
        return true;
    }
    detail::NumberText number;
    if (!read_number(number)) return false;
    constexpr std::uint64_t most = INT64_MAX;
    const std::optional<std::uint64_t> whole = detail::to_whole(number);
    if (!whole || *whole > most + (number.negative ? 1 : 0)) return fail_integer(number, "a whole number of 64 bits");
    value = static_cast<std::int64_t>(number.negative ? 0 - *whole : *whole);
    return true;
}

bool JsonReader::read(std::uint64_t& value) {
    detail::NumberText number;
    if (!read_number(number)) return false;
    const std::optional<std::uint64_t> whole = detail::to_whole(number);
    if (!whole || (number.negative && *whole != 0)) return fail_integer(number, "a whole number from 0 of 64 bits");
    value = *whole;
    return true;
}

// What is no such integer may be no number for anybody.
bool JsonReader::fail_integer(const detail::NumberText& number, const char* expected) {
    if (!detail::to_double(number)) return fail(number_too_large, number.begin);
    return fail(expected, number.begin, Failure::mismatch);
}

// Only a number with an exponent, or with very many digits, can be too large.
bool JsonReader::skip_number() {
    std::int64_t ignored = 0;
    if (const char* const behind = detail::scan_short_integer(at_, end_, ignored)) {
        at_ = behind;
        return true;
    }
    detail::NumberText number;
    if (!detail::scan_number(at_, end_, number)) return fail("not a number", at_);
    const bool small = number.exact && number.exponent <= 0;
    if (!small && !detail::to_double(number)) return fail(number_too_large, number.begin);
    at_ = number.end;
    return true;
}

}  // namespace parley
