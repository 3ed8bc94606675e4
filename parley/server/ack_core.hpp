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
class AckCore final : public Counted {
 public:
    AckCore(SocketCore& socket, std::uint64_t id) : socket_(&socket), id_(id) {}

    bool answer(const EncodedArguments& arguments);

 private:
    const Reference<SocketCore> socket_;
    const std::uint64_t id_;
    std::atomic<bool> is_answered_ = false;
};

}  // namespace parley::server::detail
