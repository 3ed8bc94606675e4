// SPDX-License-Identifier: MIT
//
// Dates as HTTP writes them (RFC 9110 §5.6.7), without locale and time zone.
#include <algorithm>
#include <array>
#include <cstddef>

#include "parley/base/text.hpp"
#include "parley/http/response.hpp"

namespace parley::http {
namespace {

using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 7> weekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_digits(std::string& out, std::uint64_t number, int width) {
    std::array<char, 8> digits{};
    for (int i = width - 1; i >= 0; --i, number /= 10)
        digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + number % 10);
    out.append(digits.data(), static_cast<std::size_t>(width));
}

// Reads a date from the left; after the first thing that does not fit, everything fails.
class DateReader {
 public:
    explicit DateReader(std::string_view text) : rest_(text) {}

    void skip(std::string_view literal) {
        failed_ = failed_ || !rest_.starts_with(literal);
        if (!failed_) rest_.remove_prefix(literal.size());
    }

    // The name of a weekday; whether it is the right one says nothing about the time, and is not asked.
    void skip_weekday(bool in_full) {
        for (const std::string_view weekday : weekdays) {
            const std::string_view name = in_full ? weekday : weekday.substr(0, 3);
            if (!rest_.starts_with(name)) continue;
            rest_.remove_prefix(name.size());
            return;
        }
        failed_ = true;
    }

    unsigned read_number(std::size_t width) {
        const std::optional<std::uint64_t> number = parse_decimal(rest_.substr(0, width));
        if (failed_ || rest_.size() < width || !number) {
            failed_ = true;
            return 0;
        }
        rest_.remove_prefix(width);
        return static_cast<unsigned>(*number);
    }

    unsigned read_month() {
        const auto found = std::ranges::find(months, rest_.substr(0, 3));
        if (failed_ || found == months.end()) {
            failed_ = true;
            return 0;
        }
        rest_.remove_prefix(3);
        return static_cast<unsigned>(found - months.begin()) + 1;
    }

    // The day of the third form, which has a space where a digit may be missing.
    unsigned read_padded_day() {
        if (!rest_.starts_with(' ')) return read_number(2);
        rest_.remove_prefix(1);
        return read_number(1);
    }

    std::chrono::seconds read_time_of_day() {
        const unsigned hour = read_number(2);
        skip(":");
        const unsigned minute = read_number(2);
        skip(":");
        const unsigned second = read_number(2);
        failed_ = failed_ || hour > 23 || minute > 59 || second > 60;
        return std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
    }

    std::optional<sys_seconds> finish(unsigned year, unsigned month, unsigned day, std::chrono::seconds time_of_day) {
        const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                               std::chrono::day(day)};
        if (failed_ || !rest_.empty() || !date.ok()) return std::nullopt;
        return sys_seconds(std::chrono::sys_days(date)) + time_of_day;
    }

 private:
    std::string_view rest_;
    bool failed_ = false;
};

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<sys_seconds> parse_fixed_date(std::string_view text) {
    DateReader reader(text);
    reader.skip_weekday(false);
    reader.skip(", ");
    const unsigned day = reader.read_number(2);
    reader.skip(" ");
    const unsigned month = reader.read_month();
    reader.skip(" ");
    const unsigned year = reader.read_number(4);
    reader.skip(" ");
    const std::chrono::seconds time = reader.read_time_of_day();
    reader.skip(" GMT");
    return reader.finish(year, month, day, time);
}

// Sunday, 06-Nov-94 08:49:37 GMT
std::optional<sys_seconds> parse_rfc_850_date(std::string_view text) {
    DateReader reader(text);
    reader.skip_weekday(true);
    reader.skip(", ");
    const unsigned day = reader.read_number(2);
    reader.skip("-");
    const unsigned month = reader.read_month();
    reader.skip("-");
    const unsigned year = reader.read_number(2);
    reader.skip(" ");
    const std::chrono::seconds time = reader.read_time_of_day();
    reader.skip(" GMT");
    return reader.finish(year + (year < 70 ? 2000 : 1900), month, day, time);
}

// Sun Nov  6 08:49:37 1994
std::optional<sys_seconds> parse_asctime_date(std::string_view text) {
    DateReader reader(text);
    reader.skip_weekday(false);
    reader.skip(" ");
    const unsigned month = reader.read_month();
    reader.skip(" ");
    const unsigned day = reader.read_padded_day();
    reader.skip(" ");
    const std::chrono::seconds time = reader.read_time_of_day();
    reader.skip(" ");
    const unsigned year = reader.read_number(4);
    return reader.finish(year, month, day, time);
}

}  // namespace

std::string http_date(sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const auto seconds = static_cast<std::uint64_t>((time - day).count());
    std::string out;
    out.reserve(29);
    out.append(weekdays[std::chrono::weekday(day).c_encoding()].substr(0, 3)).append(", ");
    append_digits(out, static_cast<unsigned>(date.day()), 2);
    out.append(" ").append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
    append_digits(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
    out.append(" ");
    append_digits(out, seconds / 3'600, 2);
    out.append(":");
    append_digits(out, seconds / 60 % 60, 2);
    out.append(":");
    append_digits(out, seconds % 60, 2);
    out.append(" GMT");
    return out;
}

std::optional<sys_seconds> parse_http_date(std::string_view text) noexcept {
    if (const auto time = parse_fixed_date(text)) return time;
    if (const auto time = parse_rfc_850_date(text)) return time;
    return parse_asctime_date(text);
}

}  // namespace parley::http
