// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>

#include "parley/net/loop.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/posted_call.hpp"

namespace parley::client {

/// Where a thing lives: its loop, and the way to it that its handles share.
struct Home {
    net::Loop& loop;
    std::shared_ptr<net::LoopGate> gate;
};

/// Something on a loop that its owner may let go of in any callback, those that come from itself among them: it is told
/// so at once (`quit`), calls nobody any more, and is destroyed when the turn's callbacks are over.
class Ending : private net::PostedCall {
 public:
    explicit Ending(Home home) : loop_(home.loop), gate_(std::move(home.gate)) {}

    struct Soon {
        void operator()(Ending* thing) const noexcept {
            thing->quit();
            thing->gate_->post(*thing);
        }
    };

    [[nodiscard]] net::Loop& loop() const noexcept { return loop_; }
    [[nodiscard]] const std::shared_ptr<net::LoopGate>& gate() const noexcept { return gate_; }
    [[nodiscard]] Home home() const { return {loop_, gate_}; }

 protected:
    ~Ending() override = default;
    /// The owner has let go: ends what can be ended at once, and remembers that nobody is to be called.
    virtual void quit() noexcept = 0;

 private:
    void run_posted() noexcept final { delete this; }

    net::Loop& loop_;
    const std::shared_ptr<net::LoopGate> gate_;
};

/// The one owner of such a thing.
template <typename T>
using Owned = std::unique_ptr<T, Ending::Soon>;

}  // namespace parley::client
