// SPDX-License-Identifier: MIT
#include "parley/json/time.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/json.hpp"

using namespace parley;
using namespace std::chrono_literals;

namespace {

template <typename T>
std::string rewritten(std::string_view text) {
    const Result<T> value = parse_json<T>("\"" + std::string(text) + "\"");
    return value ? to_json(*value) : "none";
}

using Milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;
using Nanoseconds = std::chrono::sys_time<std::chrono::nanoseconds>;

}  // namespace

TEST_CASE("a time is written as JavaScript writes a Date") {
    const std::chrono::sys_days day = 2026y / 11 / 27;
    CHECK(to_json(Milliseconds(day + 7h + 10min + 24s + 123ms)) == R"("2026-11-27T07:10:24.123Z")");
    CHECK(to_json(std::chrono::sys_seconds(day)) == R"("2026-11-27T00:00:00.000Z")");
    CHECK(to_json(day) == R"("2026-11-27T00:00:00.000Z")");
    CHECK(to_json(Milliseconds(-1ms)) == R"("1969-12-31T23:59:59.999Z")");
    CHECK(to_json(Nanoseconds(1us)) == R"("1970-01-01T00:00:00.000001Z")");
    CHECK(to_json(Nanoseconds(100ns)) == R"("1970-01-01T00:00:00.000000100Z")");
    CHECK(to_json(Nanoseconds(120ms)) == R"("1970-01-01T00:00:00.120Z")");
    CHECK(to_json(Milliseconds(std::chrono::sys_days(12345y / 1 / 2))) == R"("+012345-01-02T00:00:00.000Z")");
    CHECK(to_json(Milliseconds(std::chrono::sys_days(-1y / 1 / 2))) == R"("-000001-01-02T00:00:00.000Z")");
    CHECK(to_json(std::chrono::system_clock::time_point::min()) == R"("1677-09-21T00:12:43.145224192Z")");
}

TEST_CASE("a time is read in each form that names one moment") {
    const auto read = rewritten<Milliseconds>;
    CHECK(read("2026-11-27T07:10:24.123Z") == R"("2026-11-27T07:10:24.123Z")");
    CHECK(read("2026-11-27T07:10:24Z") == R"("2026-11-27T07:10:24.000Z")");
    CHECK(read("2026-11-27T07:10Z") == R"("2026-11-27T07:10:00.000Z")");
    CHECK(read("2026-11-27") == R"("2026-11-27T00:00:00.000Z")");
    CHECK(read("2026-11-27T07:10:24.123999999999Z") == R"("2026-11-27T07:10:24.123Z")");
    CHECK(read("2026-01-01T00:30:00+01:00") == R"("2025-12-31T23:30:00.000Z")");
    CHECK(read("2026-12-31T23:30:00-01:30") == R"("2027-01-01T01:00:00.000Z")");
    CHECK(read("2024-02-29") == R"("2024-02-29T00:00:00.000Z")");
    CHECK(rewritten<Nanoseconds>("2026-11-27T07:10:24.123456789Z") == R"("2026-11-27T07:10:24.123456789Z")");
    CHECK(rewritten<std::chrono::sys_days>("2026-11-27T23:59:59Z") == R"("2026-11-27T00:00:00.000Z")");
    CHECK(rewritten<std::chrono::year_month_day>("2026-11-27") == R"("2026-11-27")");
}

TEST_CASE("what is no moment is a mismatch") {
    for (const char* const text :
         {"", "2026", "2026-11", "2026-13-01", "2026-02-29", "2026-11-27T", "2026-11-27T07", "2026-11-27T07:10:24",
          "2026-11-27T24:00:00Z", "2026-11-27T07:60:00Z", "2026-11-27T07:10:60Z", "2026-11-27T07:10:24.Z",
          "2026-11-27 07:10:24Z", "2026-11-27T07:10:24Zx", "2026-11-27T07:10:24+24:00", "2026-11-27T07:10:24+0100",
          "+026-11-27", "20 6-11-27", "2026-11-27x"}) {
        CAPTURE(text);
        CHECK(rewritten<Milliseconds>(text) == "none");
    }
    CHECK_FALSE(parse_json<Milliseconds>("1764227424123").has_value());
    CHECK(rewritten<std::chrono::year_month_day>("2026-11-27T00:00:00Z") == "none");
    CHECK(to_json(2026y / 2 / 30) == "null");
}

TEST_CASE("a time that its type cannot hold is a mismatch") {
    CHECK(rewritten<Nanoseconds>("2262-04-10T00:00:00Z") == R"("2262-04-10T00:00:00.000Z")");
    CHECK(rewritten<Nanoseconds>("2262-04-12T00:00:00Z") == "none");
    CHECK(rewritten<Nanoseconds>("1677-09-22T00:00:00Z") == R"("1677-09-22T00:00:00.000Z")");
    CHECK(rewritten<Nanoseconds>("1677-09-20T00:00:00Z") == "none");
    using TinyDays = std::chrono::duration<signed char, std::chrono::days::period>;
    CHECK(rewritten<std::chrono::sys_time<TinyDays>>("1970-06-01") == "none");
}
