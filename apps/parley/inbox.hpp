// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>

#include "parley/base/function.hpp"
#include "parley/net/loop.hpp"

namespace parley {

/// The way from the thread of a client to the loop of a command. Whoever brings more than is taken away waits, and with
/// it the server: a screen that is held up makes nothing pile up here.
///
/// Copies are one inbox.
class Inbox {
 public:
    /// At most `waiting_max` functions wait.
    explicit Inbox(net::Loop& loop, std::size_t waiting_max = 256);

    /// Runs `function` on the loop soon, in order. May wait; not for the loop's own thread.
    void post(Function<void()> function) const;
    /// The loop's thread: nothing runs any more, and nobody waits. To be called before the client is destroyed.
    void close() const;

 private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

}  // namespace parley
