// SPDX-License-Identifier: MIT
#include "parley/net/backend/posix/socket_calls.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <optional>

#include "parley/net/backend/posix/gather.hpp"

namespace parley::net::detail {
namespace {

Transfer failed_transfer() {
    return errno == EAGAIN || errno == EWOULDBLOCK ? Transfer::would_block() : Transfer::failed(errno);
}

void set_option(const Descriptor& socket, int level, int option, int value) {
    setsockopt(socket.get(), level, option, &value, sizeof(value));
}

// Nothing waits for more to come: the loop gathers what belongs together itself. Accepted connections inherit that.
Descriptor open_socket(const SocketAddress& address) {
    Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (socket) set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    return socket;
}

// errno stays what made it fail.
void close_failed(Descriptor& socket) {
    const int error = errno;
    socket.reset();
    errno = error;
}

Descriptor connecting(Descriptor socket, const SocketAddress& address) {
    if (!socket) return socket;
    if (connect(socket.get(), address.get(), address.size) != 0 && errno != EINPROGRESS && errno != EINTR)
        close_failed(socket);
    return socket;
}

// Nothing, and errno, where the system does not say.
std::optional<int> error_of(int socket) {
    int error = 0;
    socklen_t size = sizeof(error);
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? std::optional(error) : std::nullopt;
}

}  // namespace

Transfer receive_from(int socket, std::span<char> into) {
    ssize_t count = 0;
    do {
        count = recv(socket, into.data(), into.size(), 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return failed_transfer();
    return count == 0 ? Transfer::ended() : Transfer::done(static_cast<std::size_t>(count));
}

Transfer send_to(int socket, std::span<const std::string_view> pieces, SendMemory& memory) {
    const std::span<iovec> vectors = memory.vectors;
    std::size_t count = 1;
    if (pieces.size() == 1) {
        vectors[0] = {const_cast<char*>(pieces[0].data()), pieces[0].size()};
    } else {
        count = gather(pieces, memory.scratch, vectors);
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    ssize_t sent = 0;
    do {
        sent = count == 1 ? send(socket, vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL)
                          : sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) return failed_transfer();
    std::size_t offered = 0;
    for (const iovec& vector : vectors.first(count))
        offered += vector.iov_len;
    return Transfer::sent(static_cast<std::size_t>(sent), offered);
}

void send_end(int socket) {
    shutdown(socket, SHUT_WR);
}

int broken_by(int socket) {
    const int error = error_of(socket).value_or(0);
    return error != 0 ? error : ECONNRESET;
}

Descriptor open_listening(const Endpoint& endpoint, const ListenOptions& options) {
    const SocketAddress address(endpoint);
    Descriptor socket = open_socket(address);
    if (!socket) return {};
    set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    if (options.reuse_port) set_option(socket, SOL_SOCKET, SO_REUSEPORT, 1);
    if (endpoint.is_ipv6()) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only ? 1 : 0);
    if (bind(socket.get(), address.get(), address.size) != 0 || listen(socket.get(), options.backlog) != 0)
        close_failed(socket);
    return socket;
}

Descriptor duplicate(int socket) {
    return Descriptor(fcntl(socket, F_DUPFD_CLOEXEC, 0));
}

Descriptor accept_from(int listener, SocketAddress& peer) {
    return Descriptor(accept4(listener, peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

Descriptor begin_to_connect(const Endpoint& endpoint) {
    const SocketAddress address(endpoint);
    return connecting(open_socket(address), address);
}

Descriptor begin_to_connect(const std::string& path) {
    const bool is_path = !path.empty() && path.find('\0') == std::string::npos;
    if (!is_path || path.size() > SocketAddress::path_bytes_max) {
        errno = is_path ? ENAMETOOLONG : EINVAL;
        return {};
    }
    return connecting(Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
                      SocketAddress::local(path));
}

int result_of_connecting(int socket) {
    const std::optional<int> told = error_of(socket);
    return told ? *told : errno;
}

int result_of_connecting(int socket, const Endpoint& endpoint) {
    const int error = result_of_connecting(socket);
    // TCP lets a socket connect to itself when the target port is free and was chosen as the local one.
    return error == 0 && local_endpoint(socket) == endpoint ? ECONNREFUSED : error;
}

}  // namespace parley::net::detail
