// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
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

    /// A call that the loop has not taken up yet. It has the function for as long, so that what is never taken up,
    /// because it was cancelled or the application has gone, is kept by no handle that the function itself holds.
    class Arrival {
     public:
        Arrival(ScheduledCall call, Function<void()> function)
            : call_(std::move(call)), function_(std::move(function)) {}
        Arrival(Arrival&&) noexcept = default;
        ~Arrival();

        [[nodiscard]] bool is_awaited() const noexcept { return call_.is_pending(); }
        ScheduledCall take();

     private:
        ScheduledCall call_;
        Function<void()> function_;
    };

    void begin(Arrival& arrival);
    void run(ScheduledCallState& call);
    void remove(ScheduledCallState& call);

    net::Loop& loop_;
    const std::shared_ptr<net::LoopGate> gate_;
    ErrorReporter& errors_;
    std::vector<ScheduledCall> calls_;
};

}  // namespace parley::web
