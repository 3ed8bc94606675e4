// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>

#include "parley/net/loop_gate.hpp"
#include "parley/net/posted_call.hpp"

namespace parley::net {

/// Something of one loop while others hold it, too: whoever lets go of it last sends it home, where it ends. That needs
/// no memory and cannot fail.
template <typename T>
class Abroad final : private PostedCall {
 public:
    static std::shared_ptr<const Abroad> make(std::shared_ptr<LoopGate> home, T value) {
        return std::shared_ptr<const Abroad>(new Abroad(std::move(home), std::move(value)), SendHome());
    }

    /// The way home. Any thread.
    [[nodiscard]] LoopGate& home() const noexcept { return *home_; }
    /// On the home loop's thread, but for what of it never changes.
    [[nodiscard]] const T& value() const noexcept { return value_; }

 private:
    struct SendHome {
        void operator()(Abroad* thing) const noexcept { thing->home_->post(*thing); }
    };

    Abroad(std::shared_ptr<LoopGate> home, T value) : home_(std::move(home)), value_(std::move(value)) {}
    void run_posted() noexcept override { delete this; }

    const std::shared_ptr<LoopGate> home_;
    const T value_;
};

}  // namespace parley::net
