// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "parley/net/backend/posix/descriptor.hpp"

namespace parley::net::detail {

struct SignalSlot;

/// Where the signals that one watch asked for arrive, whichever thread of the process the system interrupts for them.
///
/// The first inbox that asks for a signal installs a handler for the process, the last one that goes puts back what was
/// there before, unless somebody else has installed another in the meantime. Inboxes may come and go on any thread.
class SignalInbox {
 public:
    SignalInbox() = default;
    ~SignalInbox();
    SignalInbox(const SignalInbox&) = delete;
    SignalInbox& operator=(const SignalInbox&) = delete;

    /// Asks for `signals`, once. False, with errno set, when the system refuses one of them or a descriptor.
    [[nodiscard]] bool open(std::span<const int> signals);

    /// Readable when something has arrived.
    [[nodiscard]] int descriptor() const noexcept { return out_.get(); }

    /// What has arrived since this was last called, each signal once: bit n - 1 stands for signal n.
    [[nodiscard]] std::uint64_t take();

 private:
    Descriptor in_;  // the two ends of a pipe
    Descriptor out_;
    SignalSlot* slot_ = nullptr;
};

}  // namespace parley::net::detail
