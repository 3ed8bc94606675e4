// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "parley/base/counted.hpp"
#include "parley/engine/engine.hpp"
#include "parley/engine/handshake.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/posted_call.hpp"

namespace parley::server::detail {

/// What the program is to say about one handshake: what the copies of `HandshakeNext` refer to.
///
/// The first decision counts, and when nobody is left to decide, it is a refusal. It comes on any thread and takes
/// effect on the loop: as the result of the call in which the program was asked, or else in a turn of its own, because
/// whoever decides may be in the middle of another session.
class HandshakeDecision final : public Counted, private net::PostedCall {
 public:
    /// `engine` must live while `gate` is open.
    HandshakeDecision(std::shared_ptr<net::LoopGate> gate, engine::Engine& engine,
                      std::shared_ptr<const Handshake> handshake, std::uint64_t ticket);

    void decide(engine::HandshakeVerdict verdict);
    /// The program was asked: what it has said by then.
    [[nodiscard]] std::optional<engine::HandshakeVerdict> end_question();
    /// No handle is left.
    void handle_last_dropped() noexcept;

 private:
    ~HandshakeDecision() override = default;
    void run_posted() noexcept override;

    const std::shared_ptr<net::LoopGate> gate_;
    engine::Engine& engine_;
    const std::shared_ptr<const Handshake> handshake_;  // lent to the program
    const std::uint64_t ticket_;
    std::atomic<bool> is_decided_ = false;
    engine::HandshakeVerdict verdict_;  // once it is decided
    bool is_asking_ = true;             // of the loop's thread, as the next
    bool is_answered_ = false;          // while it was asking
};

}  // namespace parley::server::detail
