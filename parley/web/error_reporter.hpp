// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <exception>
#include <string_view>

#include "parley/base/function.hpp"
#include "parley/base/handler_slot.hpp"
#include "parley/base/time.hpp"
#include "parley/net/line_output.hpp"
#include "parley/net/loop.hpp"
#include "parley/web/handler_failure.hpp"
#include "parley/web/http_error.hpp"

namespace parley::web {

/// Where the failures of users' functions go: to the user's hook, or to the standard error in bounded number.
class ErrorReporter {
 public:
    /// Lines a second that are written without a hook; the rest is only counted.
    static constexpr int lines_per_second_max = 10;

    explicit ErrorReporter(net::Loop& loop) : loop_(loop) {}

    void set_hook(Function<void(const HandlerFailure&)> hook) { hook_ = std::move(hook); }

    /// Reports a failure. A hook that throws is a failure that is written.
    void report(const HandlerFailure& failure) noexcept;
    /// Reports what is being caught.
    void report_current(std::string_view where) noexcept;

    /// Inside a catch block: calls `use` with what is being caught, as a failure.
    template <typename Use>
    static void with_current(std::string_view where, Use&& use) {
        const std::exception_ptr exception = std::current_exception();
        try {
            std::rethrow_exception(exception);
        } catch (const HttpError& error) {
            use(HandlerFailure{.where = where,
                               .message = error.what(),
                               .exception = exception,
                               .status = error.status(),
                               .error = &error});
        } catch (const std::exception& error) {
            use(HandlerFailure{.where = where, .message = error.what(), .exception = exception});
        } catch (...) {
            use(HandlerFailure{
                .where = where, .message = "an exception that is no std::exception", .exception = exception});
        }
    }

    /// Calls a user's function; what it throws ends here. Whether it returned.
    template <typename Call>
    bool contain(std::string_view where, Call&& call) noexcept {
        try {
            call();
            return true;
        } catch (...) {
            report_current(where);
            return false;
        }
    }

    /// Failures that were reported.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
    void write(const HandlerFailure& failure) noexcept;

    net::Loop& loop_;
    HandlerSlot<void(const HandlerFailure&)> hook_;
    std::uint64_t count_ = 0;
    net::LineOutput output_;
    TimePoint second_{};
    int lines_ = 0;
};

}  // namespace parley::web
