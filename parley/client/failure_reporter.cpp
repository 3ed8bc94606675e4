// SPDX-License-Identifier: MIT
#include "parley/client/failure_reporter.hpp"

#include <new>
#include <string>

#include "parley/base/printable.hpp"

namespace parley::client {

void FailureReporter::report_current(net::LoopGate& gate, std::string_view event) noexcept {
    std::string_view message = "an exception that is no std::exception";
    try {
        throw;
    } catch (const std::exception& exception) {
        message = exception.what();
    } catch (...) {
    }
    report(gate, {ClientFailure::Kind::handler_threw, event, message, std::current_exception()});
}

void FailureReporter::report(net::LoopGate& gate, const ClientFailure& failure) noexcept {
    try {
        if (hook && gate.is_open()) {
            const net::CallFrame frame(gate);
            return hook(failure);
        }
    } catch (...) {  // then it is written
    }
    if (loop_.now() - second_ >= std::chrono::seconds(1)) {
        second_ = loop_.now();
        lines_ = 0;
    }
    if (lines_++ >= lines_per_second_max) return;
    try {
        output_.write("parley: client: " + printable(failure.event) + ": " + printable(failure.message));
    } catch (const std::bad_alloc&) {  // no memory for the line
    }
}

}  // namespace parley::client
