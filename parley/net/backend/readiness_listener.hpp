// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>

#include "parley/net/listener.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/timer.hpp"

namespace parley::net::detail {

/// A listener on something that says when a connection waits: everything but the system calls.
class ReadinessListener : public Listener {
 public:
    ~ReadinessListener() override;

 protected:
    /// What came of one attempt to accept.
    struct Accepted {
        enum class Kind : std::uint8_t {
            accepted,        ///< `stream` has the connection
            none_waiting,    ///< no connection waits
            gone,            ///< that one was broken before it was accepted; go on with the next
            no_descriptors,  ///< nothing to hold a connection with
            no_memory,       ///< the system is out of memory, or fails in another way that may pass
        };
        Kind kind = Kind::none_waiting;
        std::unique_ptr<Stream> stream;
    };

    ReadinessListener(Loop& loop, OnAccept on_accept);

    /// Accepts what waits, within the limits of a turn. May destroy this listener.
    void handle_ready();

    virtual Accepted accept_one() = 0;
    /// Accepts a connection with the reserved descriptor, sends it the refusal and closes it. False when there was
    /// none, or that failed, too.
    virtual bool turn_one_away() = 0;
    /// Asks to be told when connections wait, or not to be told.
    virtual void watch(bool acceptable) = 0;
    /// From `watch`: that could not be; it is asked again after another rest.
    void rest_again() { rest_timer_.start(rest_when_exhausted); }

 private:
    void rest(bool can_turn_away);

    Loop& loop_;
    OnAccept on_accept_;
    Timer rest_timer_;
    bool* destroyed_ = nullptr;  // where to say that a callback destroyed this
};

}  // namespace parley::net::detail
