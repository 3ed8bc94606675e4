// SPDX-License-Identifier: MIT
#include "parley/http/log_line.hpp"

#include <array>
#include <cstdio>

#include "parley/base/base64.hpp"
#include "parley/base/text.hpp"

namespace parley::http {
namespace {

constexpr std::size_t part_bytes_max = 1000;

void append_escaped(std::string& line, std::string_view part) {
    if (part.empty()) line += '-';
    for (const char c : part.substr(0, part_bytes_max)) {
        if (c >= ' ' && c < '\x7f' && c != '"' && c != '\\') {
            line += c;
            continue;
        }
        std::array<char, 5> escape;
        std::snprintf(escape.data(), escape.size(), "\\x%02X", static_cast<unsigned char>(c));
        line += escape.data();
    }
}

void append_quoted(std::string& line, std::string_view part) {
    line += " \"";
    append_escaped(line, part);
    line += '"';
}

void append_target(std::string& line, const LogEntry& entry) {
    append_escaped(line, entry.method);
    line += ' ';
    append_escaped(line, entry.target);
}

void append_status(std::string& line, const LogEntry& entry) {
    line += ' ';
    line += entry.status == 0 ? "-" : std::to_string(entry.status);
}

void append_size(std::string& line, const LogEntry& entry) {
    line += ' ';
    line += entry.body_bytes ? std::to_string(*entry.body_bytes) : "-";
}

void append_milliseconds(std::string& line, const LogEntry& entry) {
    std::array<char, 32> text;
    const double milliseconds = std::chrono::duration<double, std::milli>(entry.duration).count();
    std::snprintf(text.data(), text.size(), " %.3f ms", milliseconds);
    line += text.data();
}

// `27/Nov/2026:07:30:13 +0000`
void append_date(std::string& line, std::chrono::sys_seconds time) {
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 64> text;
    std::snprintf(text.data(), text.size(), "[%02u/%s/%04d:%02d:%02d:%02d +0000]", static_cast<unsigned>(date.day()),
                  months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    line += text.data();
}

// Names with spaces would look like more parts.
void append_user(std::string& line, std::string_view user) {
    const std::size_t begin = line.size();
    append_escaped(line, user);
    for (std::size_t i = begin; i < line.size(); ++i) {
        if (line[i] == ' ') line[i] = '+';
    }
}

void append_request_line(std::string& line, const LogEntry& entry) {
    append_target(line, entry);
    line += " HTTP/1.";
    line += static_cast<char>('0' + entry.minor_version);
}

void append_common(std::string& line, const LogEntry& entry) {
    append_escaped(line, entry.remote_address);
    line += " - ";
    append_user(line, entry.remote_user);
    line += ' ';
    append_date(line, entry.received);
    line += " \"";
    append_request_line(line, entry);
    line += '"';
    append_status(line, entry);
    append_size(line, entry);
}

}  // namespace

std::string log_line(LogFormat format, const LogEntry& entry) {
    std::string line;
    switch (format) {
        case LogFormat::combined:
            append_common(line, entry);
            append_quoted(line, entry.referrer);
            append_quoted(line, entry.user_agent);
            break;
        case LogFormat::common:
            append_common(line, entry);
            break;
        case LogFormat::dev:
            append_target(line, entry);
            append_status(line, entry);
            append_milliseconds(line, entry);
            line += " -";
            append_size(line, entry);
            break;
        case LogFormat::brief:
            append_escaped(line, entry.remote_address);
            line += ' ';
            append_user(line, entry.remote_user);
            line += ' ';
            append_request_line(line, entry);
            append_status(line, entry);
            append_size(line, entry);
            line += " -";
            append_milliseconds(line, entry);
            break;
        case LogFormat::tiny:
            append_target(line, entry);
            append_status(line, entry);
            append_size(line, entry);
            line += " -";
            append_milliseconds(line, entry);
            break;
    }
    return line;
}

std::string basic_user(std::string_view authorization) {
    const std::string_view scheme = take_until(authorization, ' ');
    if (!equals_ignoring_case(scheme, "Basic")) return {};
    const Result<std::string> pair = base64_decode(trim_ows(authorization));
    if (!pair) return {};
    const std::size_t colon = pair->find(':');
    return colon == std::string::npos ? std::string() : pair->substr(0, colon);
}

}  // namespace parley::http
