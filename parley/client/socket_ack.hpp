// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "parley/base/reference.hpp"
#include "parley/client/socket_core.hpp"
#include "parley/contract/ack_core.hpp"

namespace parley::client {

/// The right to answer one event of the server, on the connection that brought it.
class SocketAck final : public contract::AckCore {
 public:
    SocketAck(SocketCore& socket, std::uint64_t id) : socket_(&socket), id_(id), connection_(socket.connection()) {}
    ~SocketAck() override;

 private:
    bool send(const contract::EncodedArguments& arguments) override;

    const Reference<SocketCore> socket_;
    const std::uint64_t id_;
    const std::uint64_t connection_;
};

}  // namespace parley::client
