// SPDX-License-Identifier: MIT
#pragma once

#include "parley/base/intrusive_list.hpp"

namespace parley::net {

/// What lives on a loop of which it cannot know whether that ends before it (`Mailbox::add`).
class LoopGuest : private ListHook {
 public:
    /// The loop is about to end, and this is its guest no longer: whatever this has there must go now. On the thread
    /// that destroys the loop, as a turn.
    virtual void handle_loop_end() noexcept = 0;

 protected:
    LoopGuest() = default;
    virtual ~LoopGuest() = default;

 private:
    friend class Mailbox;
    template <typename T>
    friend class parley::IntrusiveList;
};

}  // namespace parley::net
