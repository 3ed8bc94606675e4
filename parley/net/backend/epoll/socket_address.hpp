// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>

#include "parley/net/endpoint.hpp"

namespace parley::net::detail {

/// An endpoint in the form of the socket calls.
struct SocketAddress {
    SocketAddress() = default;
    explicit SocketAddress(const Endpoint& endpoint);

    [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    [[nodiscard]] int family() const { return storage.ss_family; }
    [[nodiscard]] Endpoint endpoint() const;

    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);
};

/// The local end of a socket.
Endpoint local_endpoint(int socket);

}  // namespace parley::net::detail
