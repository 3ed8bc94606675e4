// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace parley::failures {

/// Allocations by `new` that live just now. This program replaces `new` and `delete`.
[[nodiscard]] std::int64_t live_allocations();

/// While one lives, the allocation number `nth` from its beginning fails, once; 0: none does.
class FailingAllocation {
 public:
    explicit FailingAllocation(std::size_t nth);
    FailingAllocation(const FailingAllocation&) = delete;
    FailingAllocation& operator=(const FailingAllocation&) = delete;
    ~FailingAllocation();

    /// Allocations are counted, and fail, only from `begin` to `end`: what a test needs itself does not.
    static void begin();
    static void end();
    [[nodiscard]] static bool has_failed();
    /// Allocations that were counted.
    [[nodiscard]] static std::size_t count();
};

}  // namespace parley::failures
