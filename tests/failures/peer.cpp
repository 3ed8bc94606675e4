// SPDX-License-Identifier: MIT
#include "tests/failures/peer.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace parley::failures {

Peer::Peer(int port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        std::perror("connect");
        std::abort();
    }
    const int yes = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
}

Peer::~Peer() {
    ::close(descriptor_);
}

void Peer::send(std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t sent = ::send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent < 0) return;
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void Peer::take() {
    std::array<char, 65536> octets;
    while (!is_closed) {
        const ssize_t got = ::recv(descriptor_, octets.data(), octets.size(), 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            is_closed = true;
        } else {
            received.append(octets.data(), static_cast<std::size_t>(got));
        }
    }
}

void Peer::end() {
    ::shutdown(descriptor_, SHUT_WR);
}

void Peer::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    ::close(descriptor_);
    descriptor_ = -1;
    is_closed = true;
}

std::string frame(int opcode, std::string_view payload, bool is_final) {
    std::string made(1, static_cast<char>((is_final ? 0x80 : 0) | opcode));
    if (payload.size() < 126) {
        made += static_cast<char>(0x80 | payload.size());
    } else {
        made += static_cast<char>(0x80 | 126);
        made += static_cast<char>(payload.size() >> 8);
        made += static_cast<char>(payload.size() & 0xff);
    }
    made.append(4, '\0');  // a mask that changes nothing
    return made.append(payload);
}

}  // namespace parley::failures
