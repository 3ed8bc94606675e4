// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::http {

/// How a line of an access log looks: the names and forms of npm's morgan, of which the first two are the Apache
/// server's.
enum class LogFormat {
    combined,  ///< address, user, date, request line, status, octets, referrer and browser
    common,    ///< the same without the last two
    dev,       ///< method, target, status, milliseconds, octets
    brief,     ///< address, user, request line, status, octets, milliseconds: morgan's `short`
    tiny,      ///< method, target, status, octets, milliseconds
};

/// What a line of an access log says of one request. Empty parts become `-`.
struct LogEntry {
    std::string_view remote_address{};
    std::string_view remote_user{};
    std::string_view method{};
    std::string_view target{};
    int minor_version = 1;
    int status = 0;  ///< 0: none was sent
    std::optional<std::uint64_t> body_bytes{};
    std::string_view referrer{};
    std::string_view user_agent{};
    std::chrono::sys_seconds received{};
    std::chrono::nanoseconds duration{};
};

/// The line for `entry`, without an end of line. What came from the peer cannot forge a part of it: quotes,
/// backslashes and what is no printable ASCII leave as `\xHH`, and of each part at most 1,000 octets.
[[nodiscard]] std::string log_line(LogFormat format, const LogEntry& entry);

/// The user name of an Authorization header of the Basic scheme (RFC 7617); empty if it is none.
[[nodiscard]] std::string basic_user(std::string_view authorization);

}  // namespace parley::http
