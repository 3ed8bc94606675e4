// SPDX-License-Identifier: MIT
#include "parley/net/backend/posix/socket_address.hpp"

#include <netinet/in.h>

#include <cstring>

namespace parley::net::detail {

SocketAddress::SocketAddress(const Endpoint& endpoint) {
    if (endpoint.is_ipv6()) {
        auto& address = reinterpret_cast<sockaddr_in6&>(storage);
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(endpoint.port());
        address.sin6_scope_id = endpoint.scope_id();
        std::memcpy(&address.sin6_addr, endpoint.octets().data(), 16);
        size = sizeof(address);
    } else {
        auto& address = reinterpret_cast<sockaddr_in&>(storage);
        address.sin_family = AF_INET;
        address.sin_port = htons(endpoint.port());
        std::memcpy(&address.sin_addr, endpoint.octets().data(), 4);
        size = sizeof(address);
    }
}

SocketAddress SocketAddress::local(const std::string& path) {
    SocketAddress local;
    auto& address = reinterpret_cast<sockaddr_un&>(local.storage);
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path_bytes_max);
    local.size = sizeof(address);
    return local;
}

Endpoint SocketAddress::endpoint() const {
    if (storage.ss_family == AF_UNIX) return {};
    if (storage.ss_family == AF_INET6) {
        const auto& address = reinterpret_cast<const sockaddr_in6&>(storage);
        std::array<std::uint8_t, 16> octets{};
        std::memcpy(octets.data(), &address.sin6_addr, 16);
        return Endpoint::ipv6(octets, ntohs(address.sin6_port), address.sin6_scope_id);
    }
    const auto& address = reinterpret_cast<const sockaddr_in&>(storage);
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &address.sin_addr, 4);
    return Endpoint::ipv4(octets, ntohs(address.sin_port));
}

Endpoint local_endpoint(int socket) {
    SocketAddress address;
    if (getsockname(socket, address.get(), &address.size) != 0) return {};
    return address.endpoint();
}

}  // namespace parley::net::detail
