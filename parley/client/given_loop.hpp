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
    /// Any thread. `mailbox` is that of `loop`. `on_loop_end` is called by the thread that ends the loop: the client
    /// must be silent from then on, and have nothing on the loop any more.
    GivenLoop(net::Loop& loop, std::shared_ptr<net::Mailbox> mailbox, Function<void()> on_loop_end);

    /// Who lets a client go.
    enum class Leaver {
        on_loop,    ///< may act on the loop
        elsewhere,  ///< another thread may be in a handler of the client
    };
    /// The client goes: `end`, which owns it, is called on the loop's thread, unless that loop has ended. From
    /// `elsewhere` it is posted, and waited for while somebody runs the loop, who must not wait for this; but not
    /// inside a turn of another loop, which may be waited for.
    static void leave(std::unique_ptr<GivenLoop> given, Function<void()> end, Leaver leaver);

 private:
    struct Departure;
    void handle_loop_end() noexcept override;
    void run_posted() noexcept override;
    void depart() noexcept;
    static void post_departure(std::unique_ptr<GivenLoop> given);

    net::Loop& loop_;
    const std::shared_ptr<net::Mailbox> mailbox_;
    Function<void()> on_loop_end_;
    Function<void()> end_;
    std::shared_ptr<Departure> departure_;  // shared with who waits
    bool has_ended_ = false;
};

}  // namespace parley::client
