// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "parley/base/reference.hpp"
#include "parley/contract/ack_core.hpp"
#include "parley/server/socket_core.hpp"

namespace parley::server::detail {

/// The right to answer one event of one client.
///
/// The last copy that goes without an answer leaves an error to the client, in a later turn: it may go anywhere, in the
/// middle of anything.
class SocketAck final : public contract::AckCore {
 public:
    SocketAck(SocketCore& socket, std::uint64_t id) : socket_(&socket), id_(id) {}
    ~SocketAck() override;

 private:
    bool send(const EncodedArguments& arguments) override;

    const Reference<SocketCore> socket_;
    const std::uint64_t id_;
};

}  // namespace parley::server::detail
