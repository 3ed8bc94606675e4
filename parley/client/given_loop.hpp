// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "parley/base/function.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/loop_guest.hpp"
#include "parley/net/mailbox.hpp"
#include "parley/net/posted_call.hpp"

namespace parley::client {

/// The loop that a client was given: somebody else owns it, runs it, and may end it before the client or behind it.
class GivenLoop final : private net::LoopGuest, private net::PostedCall {
 public:
    /// What becomes of the client; each is called on the loop's thread, or where nobody runs the loop.
    struct Endings {
        Function<void()> loop_ends;  ///< it must be silent from now on, and have nothing on the loop any more
        Function<void()> is_left;    ///< its owner goes: the last call; not where the loop has ended
    };

    /// Any thread. `mailbox` is that of `loop`.
    GivenLoop(net::Loop& loop, std::shared_ptr<net::Mailbox> mailbox, Endings endings);
    /// Leaves the loop, if that is there still. Where another thread runs it just now this waits for that one: it must
    /// not wait for this. Not while another thread destroys the loop.
    ~GivenLoop();

 private:
    struct Departure;
    void handle_loop_end() noexcept override;
    void run_posted() noexcept override;
    void leave() noexcept;

    net::Loop& loop_;
    const std::shared_ptr<net::Mailbox> mailbox_;
    Endings endings_;
    std::shared_ptr<Departure> departure_;  // shared with who waits
    bool has_ended_ = false;
};

}  // namespace parley::client
