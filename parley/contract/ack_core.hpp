// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

#include "parley/base/counted.hpp"
#include "parley/contract/arguments.hpp"

namespace parley::contract {

/// What the copies of one `Ack` refer to: the right to answer one event, once. Any thread.
///
/// While the handlers run, their `Invocation` refers to it, too: what they drop goes back to it. What happens when the
/// last copy goes without an answer is the business of whoever derives from it.
class AckCore : public Counted {
 public:
    virtual ~AckCore() = default;

    /// The first answer is sent; false for any other, and when nobody is there to get it.
    bool answer(const EncodedArguments& arguments) { return !is_answered_.exchange(true) && send(arguments); }
    [[nodiscard]] bool is_answered() const noexcept { return is_answered_.load(std::memory_order_acquire); }

 private:
    virtual bool send(const EncodedArguments& arguments) = 0;

    std::atomic<bool> is_answered_ = false;
};

}  // namespace parley::contract
