// SPDX-License-Identifier: MIT
#pragma once

/// Codecs for points in time and dates: the text of ISO 8601 that JavaScript's `Date.prototype.toJSON` writes,
/// `"2026-11-27T07:10:24.123Z"`, and `"2026-11-27"` (ECMA-262, Date Time String Format).
///
/// Written with three digits of a second, and with six or nine where the type is finer and they are not zero. Read with
/// any number of digits, with `Z` or an offset such as `+01:00` (RFC 3339), and as a date alone, which is its first
/// moment in UTC. A time without an offset is a mismatch, and so is one that the type cannot hold.

#include <chrono>
#include <concepts>
#include <optional>
#include <ratio>
#include <string>
#include <string_view>

#include "parley/json/reader.hpp"
#include "parley/json/writer.hpp"

namespace parley {
namespace detail {

struct IsoTime {
    std::chrono::sys_days day;
    std::chrono::nanoseconds time_of_day{0};
};

// Nothing where it is none, or none of the years from -9999 to 9999.
std::optional<IsoTime> parse_iso_time(std::string_view text);
std::string to_iso_text(const IsoTime& time);
std::string to_iso_text(std::chrono::sys_days day);

}  // namespace detail

template <std::integral Rep, typename Period>
    requires std::ratio_less_equal_v<Period, std::chrono::days::period>
struct JsonCodec<std::chrono::sys_time<std::chrono::duration<Rep, Period>>> {
    using Time = std::chrono::sys_time<std::chrono::duration<Rep, Period>>;

    static bool read(JsonReader& reader, Time& value) {
        std::string text;
        if (!reader.read(text)) return false;
        const std::optional<detail::IsoTime> time = detail::parse_iso_time(text);
        if (!time) return reader.mismatch("a time such as 2026-11-27T07:10:24.123Z");
        using std::chrono::floor, std::chrono::days;
        const bool fits = time->day > floor<days>(Time::min()) && time->day < floor<days>(Time::max());
        if (!fits) return reader.mismatch("a time that fits");
        value = Time(time->day) + floor<typename Time::duration>(time->time_of_day);
        return true;
    }

    static void write(JsonWriter& writer, Time value) {
        using std::chrono::days;
        // Not `value - day`: the first moment of the first day need not fit the type.
        auto time_of_day = value.time_since_epoch() % days(1);
        if (time_of_day < time_of_day.zero()) time_of_day += days(1);
        writer.value(std::string_view(detail::to_iso_text({std::chrono::floor<days>(value), time_of_day})));
    }
};

template <>
struct JsonCodec<std::chrono::year_month_day> {
    static bool read(JsonReader& reader, std::chrono::year_month_day& value);
    /// A date that does not exist is null.
    static void write(JsonWriter& writer, std::chrono::year_month_day value);
};

}  // namespace parley
