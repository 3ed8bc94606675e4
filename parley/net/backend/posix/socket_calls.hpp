// SPDX-License-Identifier: MIT
#pragma once

#include <sys/uio.h>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/net/backend/posix/descriptor.hpp"
#include "parley/net/backend/posix/socket_address.hpp"
#include "parley/net/backend/readiness_stream.hpp"
#include "parley/net/endpoint.hpp"
#include "parley/net/listener.hpp"

/// What a stream, a listener and a connection attempt ask of a socket, whatever tells them that it is ready. Whoever
/// gets no descriptor finds why in errno. All sockets are non-blocking, and closed where the process becomes another.
namespace parley::net::detail {

/// What the sends of one loop share.
struct SendMemory {
    std::vector<char> scratch = std::vector<char>(64 * 1024);
    std::array<iovec, 64> vectors;
};

[[nodiscard]] Transfer receive_from(int socket, std::span<char> into);
/// Offers `pieces`, from the first on, as far as the memory reaches.
[[nodiscard]] Transfer send_to(int socket, std::span<const std::string_view> pieces, SendMemory& memory);
void send_end(int socket);
/// The error that broke the connection; ECONNRESET when nothing better is known.
[[nodiscard]] int broken_by(int socket);

[[nodiscard]] Descriptor open_listening(const Endpoint& endpoint, const ListenOptions& options);
/// Another descriptor of the same socket.
[[nodiscard]] Descriptor duplicate(int socket);
/// The connection that has waited longest.
[[nodiscard]] Descriptor accept_from(int listener, SocketAddress& peer);

/// A socket that has begun to connect: when it is writable, that is over. A path is that of a Unix-domain socket.
[[nodiscard]] Descriptor begin_to_connect(const Endpoint& endpoint);
[[nodiscard]] Descriptor begin_to_connect(const std::string& path);
/// What came of it, as an errno value; 0: it is connected.
[[nodiscard]] int result_of_connecting(int socket);
/// The same, where it may have been to itself.
[[nodiscard]] int result_of_connecting(int socket, const Endpoint& endpoint);

}  // namespace parley::net::detail
