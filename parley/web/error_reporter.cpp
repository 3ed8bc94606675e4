// SPDX-License-Identifier: MIT
#include "parley/web/error_reporter.hpp"

#include <cstdio>
#include <string>

namespace parley::web {

namespace {

/// Text of unknown origin made fit for a line of a log: control characters escaped, and cut.
std::string printable(std::string_view text) {
    constexpr std::size_t size_max = 500;
    std::string line;
    for (const char c : text.substr(0, size_max)) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x20 && octet != 0x7F) {
            line += c;
            continue;
        }
        char escape[5];
        std::snprintf(escape, sizeof escape, "\\x%02x", octet);
        line += escape;
    }
    return line;
}

}  // namespace

void ErrorReporter::report(const HandlerFailure& failure) noexcept {
    ++count_;
    if (!hook_) return write(failure);
    try {
        hook_(failure);
    } catch (...) {
        write({.where = "on_error", .message = "the error handler itself threw an exception", .exception = {}});
    }
}

void ErrorReporter::report_current(std::string_view where) noexcept {
    with_current(where, [this](const HandlerFailure& failure) { report(failure); });
}

void ErrorReporter::write(const HandlerFailure& failure) noexcept {
    const TimePoint now = loop_.now();
    if (now - second_ >= std::chrono::seconds(1)) {
        second_ = now;
        lines_ = 0;
    }
    if (lines_++ >= lines_per_second_max) return;
    try {
        output_.write("parley: " + printable(failure.where) + ": " + printable(failure.message));
    } catch (...) {  // no memory for the line: it is counted all the same
    }
}

}  // namespace parley::web
