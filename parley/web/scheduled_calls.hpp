// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/base/time.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/web/error_reporter.hpp"
#include "parley/web/scheduled_call.hpp"

namespace parley::web {

/// The functions that an application calls later. Owns them until they were called, are cancelled, or the application
/// goes. Loop-affine, but for `add`.
class ScheduledCalls {
 public:
    struct Schedule {
        Duration delay{};
        Duration interval{};  ///< zero: once
    };

    /// The gate must be closed before this is destroyed.
    ScheduledCalls(net::Loop& loop, std::shared_ptr<net::LoopGate> gate, ErrorReporter& errors);
    ScheduledCalls(const ScheduledCalls&) = delete;
    ScheduledCalls& operator=(const ScheduledCalls&) = delete;
    ~ScheduledCalls() { cancel_all(); }

    void cancel_all();

    /// Any thread. The delay is counted from the moment when the loop takes the call up.
    ScheduledCall add(Function<void()> function, Schedule schedule);

 private:
    friend class ScheduledCallState;

    void begin(ScheduledCallState& call);
    void run(ScheduledCallState& call);
    void remove(ScheduledCallState& call);

    net::Loop& loop_;
    const std::shared_ptr<net::LoopGate> gate_;
    ErrorReporter& errors_;
    std::vector<ScheduledCall> calls_;
};

}  // namespace parley::web
