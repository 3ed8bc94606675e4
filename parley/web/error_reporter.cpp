// SPDX-License-Identifier: MIT
#include "parley/web/error_reporter.hpp"

#include <string>

#include "parley/base/printable.hpp"

namespace parley::web {

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
