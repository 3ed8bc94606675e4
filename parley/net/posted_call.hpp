// SPDX-License-Identifier: MIT
#pragma once

namespace parley::net {

/// Something to be done once on a loop's thread that is its own place in the queue, so that posting it needs no memory
/// and cannot fail (`LoopGate::post`): for what a destructor must have done.
class PostedCall {
 public:
    PostedCall() = default;
    PostedCall(const PostedCall&) = delete;
    PostedCall& operator=(const PostedCall&) = delete;

    /// On the loop's thread, soon. Where there is no loop any more, on the thread that posted it or that ends the loop.
    /// May destroy this.
    virtual void run_posted() noexcept = 0;

 protected:
    virtual ~PostedCall() = default;

 private:
    friend class Mailbox;
    PostedCall* next_ = nullptr;
};

}  // namespace parley::net
