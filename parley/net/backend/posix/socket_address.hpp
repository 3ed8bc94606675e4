// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <string>

#include "parley/net/endpoint.hpp"

namespace parley::net::detail {

/// An endpoint in the form of the socket calls.
struct SocketAddress {
    SocketAddress() = default;
    explicit SocketAddress(const Endpoint& endpoint);
    /// Of a Unix-domain socket, whose path is at most `path_bytes_max` long and not empty.
    static SocketAddress local(const std::string& path);
    static constexpr std::size_t path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;

    [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    [[nodiscard]] int family() const { return storage.ss_family; }
    /// Nowhere in particular, for a Unix-domain socket.
    [[nodiscard]] Endpoint endpoint() const;

    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);
};

/// The local end of a socket.
Endpoint local_endpoint(int socket);

}  // namespace parley::net::detail
