// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "parley/server/ack_callback.hpp"

namespace parley::server::detail {

/// The acknowledgements of one broadcast: collects the answers, and calls back once, when nobody is left to wait for.
class BroadcastAck {
 public:
    BroadcastAck(BroadcastCallback callback, std::chrono::milliseconds timeout)
        : callback_(std::move(callback)), timeout_(timeout) {}

    [[nodiscard]] std::chrono::milliseconds timeout() const noexcept { return timeout_; }

    /// One more client was asked.
    void expect() noexcept { ++waiting_; }
    /// One client answered, or will not.
    void receive(AckOutcome& outcome);
    /// A client could not be asked.
    void miss(const Error& error) { error_ = error; }

    [[nodiscard]] bool is_complete() const noexcept { return waiting_ == 0; }
    /// Calls back. Once.
    void finish();

 private:
    BroadcastCallback callback_;
    BroadcastOutcome outcome_;
    std::optional<Error> error_;
    std::chrono::milliseconds timeout_;
    std::size_t waiting_ = 0;
};

}  // namespace parley::server::detail
