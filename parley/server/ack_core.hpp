// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>

#include "parley/server/arguments.hpp"
#include "parley/server/counted.hpp"
#include "parley/server/reference.hpp"
#include "parley/server/socket_core.hpp"

namespace parley::server::detail {

/// What the copies of one `Ack` refer to: the right to answer one event of one client, once. Any thread.
///
/// While the handlers run, their `Invocation` refers to it, too: what they drop goes back to it. Afterwards the last
/// copy that goes without an answer leaves an error to the client, in a later turn: it may go anywhere, in the middle
/// of anything.
class AckCore final : public Counted {
 public:
    AckCore(SocketCore& socket, std::uint64_t id) : socket_(&socket), id_(id) {}
    ~AckCore();

    /// The first answer is sent; false for any other, and when the socket is gone.
    bool answer(const EncodedArguments& arguments);
    [[nodiscard]] bool is_answered() const noexcept { return is_answered_.load(std::memory_order_acquire); }

 private:
    const Reference<SocketCore> socket_;
    const std::uint64_t id_;
    std::atomic<bool> is_answered_ = false;
};

}  // namespace parley::server::detail
