// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "parley/net/loop.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/mailbox.hpp"
#include "parley/net/posted_call.hpp"

namespace parley::client {

/// Where a thing lives: its loop, and the way to it that its handles share.
struct Home {
    net::Loop& loop;
    std::shared_ptr<net::LoopGate> gate;
};

/// Who has the loop that a client lives on.
enum class LoopOwner : std::uint8_t { client, somebody_else };

/// Whose a client is: of the thread that runs its loop, or ran it last; and until then of the one that made it, where
/// it has the loop for itself. Somebody else may begin to run theirs at any moment.
class HomeThread {
 public:
    HomeThread(std::shared_ptr<net::LoopGate> gate, LoopOwner owner)
        : gate_(std::move(gate)), maker_(owner == LoopOwner::client ? net::this_thread_number() : 0) {}

    /// Any thread: whether the caller may act at once. Where not, it posts.
    [[nodiscard]] bool is_here() const noexcept {
        return gate_->is_here() ||
               (gate_->is_open() && maker_ == net::this_thread_number() && !gate_->mailbox().has_run());
    }
    [[nodiscard]] net::LoopGate& gate() const noexcept { return *gate_; }

 private:
    const std::shared_ptr<net::LoopGate> gate_;
    const std::uint64_t maker_;  // 0: of nobody
};

/// Something on a loop that its owner may let go of in any callback, those that come from itself among them: it is told
/// so at once (`abandon`), calls nobody any more, and is destroyed when the turn's callbacks are over.
class Ending : private net::PostedCall {
 public:
    explicit Ending(Home home) : loop_(home.loop), gate_(std::move(home.gate)) {}

    struct Soon {
        void operator()(Ending* thing) const noexcept {
            thing->abandon();
            if (!thing->stays()) thing->go();
        }
    };

    /// Its loop is about to end: from now on it is as if its owner had let go of it, which that may do when it will.
    void end() noexcept { abandon(); }

    [[nodiscard]] net::Loop& loop() const noexcept { return loop_; }
    [[nodiscard]] const std::shared_ptr<net::LoopGate>& gate() const noexcept { return gate_; }
    [[nodiscard]] Home home() const { return {loop_, gate_}; }

 protected:
    ~Ending() override = default;
    /// The owner has let go: ends what can be ended at once, and remembers that nobody is to be called. May be told
    /// twice.
    virtual void abandon() noexcept = 0;
    /// Whether it has something to do still, for which nobody is needed: then it calls `go` itself.
    [[nodiscard]] virtual bool stays() noexcept { return false; }
    void go() noexcept { gate_->post(*this); }

 private:
    void run_posted() noexcept final { delete this; }

    net::Loop& loop_;
    const std::shared_ptr<net::LoopGate> gate_;
};

/// The one owner of such a thing.
template <typename T>
using Owned = std::unique_ptr<T, Ending::Soon>;

}  // namespace parley::client
