// SPDX-License-Identifier: MIT
#include "parley/json/time.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace parley {
namespace detail {

using namespace std::chrono;

namespace {

// Takes a text from its front, part by part.
class Parts {
 public:
    explicit Parts(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool is_empty() const { return rest_.empty(); }

    bool take(char expected) {
        if (rest_.empty() || rest_.front() != expected) return false;
        rest_.remove_prefix(1);
        return true;
    }

    // A number of just so many digits.
    bool take(int& number, std::size_t digits) {
        if (rest_.size() < digits) return false;
        number = 0;
        for (const char digit : rest_.substr(0, digits)) {
            if (digit < '0' || digit > '9') return false;
            number = number * 10 + (digit - '0');
        }
        rest_.remove_prefix(digits);
        return true;
    }

    // The digits behind a point, as nanoseconds: what is finer is dropped.
    bool take_fraction(nanoseconds& fraction) {
        std::int64_t unit = 100'000'000;
        std::size_t digits = 0;
        for (int digit = 0; take(digit, 1); ++digits) {
            fraction += nanoseconds(digit * unit);
            unit /= 10;
        }
        return digits > 0;
    }

 private:
    std::string_view rest_;
};

bool take_date(Parts& parts, sys_days& day) {
    int y = 0, m = 0, d = 0;
    if (!parts.take(y, 4) || !parts.take('-') || !parts.take(m, 2) || !parts.take('-') || !parts.take(d, 2))
        return false;
    const year_month_day date{year(y), month(static_cast<unsigned>(m)), std::chrono::day(static_cast<unsigned>(d))};
    if (!date.ok()) return false;
    day = date;
    return true;
}

bool take_time_of_day(Parts& parts, nanoseconds& time) {
    int hour = 0, minute = 0, second = 0;
    if (!parts.take(hour, 2) || !parts.take(':') || !parts.take(minute, 2)) return false;
    if (parts.take(':')) {
        if (!parts.take(second, 2)) return false;
        if (parts.take('.') && !parts.take_fraction(time)) return false;
    }
    if (hour > 23 || minute > 59 || second > 59) return false;
    time += hours(hour) + minutes(minute) + seconds(second);
    return true;
}

bool take_offset(Parts& parts, minutes& offset) {
    if (parts.take('Z')) return true;
    const bool is_behind = parts.take('-');
    int hour = 0, minute = 0;
    if (!is_behind && !parts.take('+')) return false;
    if (!parts.take(hour, 2) || !parts.take(':') || !parts.take(minute, 2) || hour > 23 || minute > 59) return false;
    offset = hours(hour) + minutes(minute);
    if (is_behind) offset = -offset;
    return true;
}

template <std::size_t size, typename... Number>
std::string print(const char (&format)[size], Number... number) {
    std::array<char, 64> text{};
    const int length = std::snprintf(text.data(), text.size(), format, number...);
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::optional<IsoTime> parse_iso_time(std::string_view text) {
    Parts parts(text);
    IsoTime time;
    if (!take_date(parts, time.day)) return std::nullopt;
    if (parts.is_empty()) return time;
    minutes offset{0};
    if (!parts.take('T') || !take_time_of_day(parts, time.time_of_day) || !take_offset(parts, offset) ||
        !parts.is_empty()) {
        return std::nullopt;
    }
    // Another day where the offset says so.
    time.time_of_day -= offset;
    const days shift = floor<days>(time.time_of_day);
    return IsoTime{time.day + shift, time.time_of_day - shift};
}

// Beyond four digits the years have a sign and six (ECMA-262, Expanded Years).
std::string to_iso_text(sys_days day) {
    const year_month_day date = day;
    const int y = static_cast<int>(date.year());
    const char* const format = y >= 0 && y <= 9999 ? "%04d-%02u-%02u" : "%+07d-%02u-%02u";
    std::array<char, 64> text{};
    const int length = std::snprintf(text.data(), text.size(), format, y, static_cast<unsigned>(date.month()),
                                     static_cast<unsigned>(date.day()));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string to_iso_text(const IsoTime& time) {
    const hh_mm_ss parts(time.time_of_day);
    std::string text = to_iso_text(time.day);
    text += print("T%02d:%02d:%02d", static_cast<int>(parts.hours().count()), static_cast<int>(parts.minutes().count()),
                  static_cast<int>(parts.seconds().count()));
    std::string fraction = print(".%09lld", static_cast<long long>(parts.subseconds().count()));
    while (fraction.size() > 4 && fraction.ends_with("000"))
        fraction.resize(fraction.size() - 3);
    return text + fraction + 'Z';
}

}  // namespace detail

bool JsonCodec<std::chrono::year_month_day>::read(JsonReader& reader, std::chrono::year_month_day& value) {
    std::string text;
    if (!reader.read(text)) return false;
    const std::optional<detail::IsoTime> time = text.size() == 10 ? detail::parse_iso_time(text) : std::nullopt;
    if (!time) return reader.mismatch("a date such as 2026-11-27");
    value = time->day;
    return true;
}

void JsonCodec<std::chrono::year_month_day>::write(JsonWriter& writer, std::chrono::year_month_day value) {
    if (!value.ok()) return writer.null();
    writer.value(std::string_view(detail::to_iso_text(value)));
}

}  // namespace parley
