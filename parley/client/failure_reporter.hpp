// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <string_view>

#include "parley/base/handler_slot.hpp"
#include "parley/base/time.hpp"
#include "parley/client/client_failure.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/line_output.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/loop_gate.hpp"

namespace parley::client {

/// Where the failures of a client's handlers go: to the program's hook, or to the standard error in bounded number.
class FailureReporter {
 public:
    /// Lines a second that are written without a hook.
    static constexpr int lines_per_second_max = 10;

    explicit FailureReporter(net::Loop& loop) : loop_(loop) {}

    HandlerSlot<void(const ClientFailure&)> hook;

    /// A hook that throws is a failure that is written.
    void report(net::LoopGate& gate, const ClientFailure& failure) noexcept;
    /// Inside a catch block: reports what is being caught.
    void report_current(net::LoopGate& gate, std::string_view event) noexcept;

    /// Calls a function of the program; what it throws is reported.
    template <typename Call>
    void contain(net::LoopGate& gate, std::string_view where, Call&& call) noexcept {
        try {
            const net::CallFrame frame(gate);
            call();
        } catch (...) {
            report_current(gate, where);
        }
    }

 private:
    net::Loop& loop_;
    net::LineOutput output_;
    TimePoint second_{};
    int lines_ = 0;
};

}  // namespace parley::client
