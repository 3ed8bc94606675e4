// SPDX-License-Identifier: MIT
#pragma once

namespace parley::net {

/// Something that is under way on a loop and will call back: a connection attempt, a name look-up.
///
/// Destroying it cancels: the callback is not called any more. It may be destroyed in any callback, its own included,
/// and must be destroyed before the loop.
class Pending {
 public:
    virtual ~Pending() = default;
    Pending() = default;
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;
};

}  // namespace parley::net
