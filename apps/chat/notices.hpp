// SPDX-License-Identifier: MIT
#pragma once

#include "apps/chat/protocol.hpp"
#include "apps/chat/token_bucket.hpp"

namespace parley::chat {

/// Which comings and goings of a room are told one by one, and which together.
///
/// Each goes to everybody in the room, so somebody who enters and leaves as fast as they can makes the server send, and
/// people read, a multiple of it. Within a rate each is told at once. Beyond it they are collected, where a coming and
/// a going of the same person cancel out, and told together a little later. Nobody is kept out for it: behind one
/// address there may be a whole school.
class Notices {
 public:
    explicit Notices(Rate rate) : rate_(rate) {}

    /// Whether to tell this one at once; otherwise it waits for `take()`.
    bool joined(const Member& member, TimePoint now);
    bool left(const Member& member, TimePoint now);

    /// What waits. Nothing of it waits any more.
    Changes take();

 private:
    bool may_tell_at_once(TimePoint now);

    TokenBucket rate_;
    Changes waiting_;
};

}  // namespace parley::chat
