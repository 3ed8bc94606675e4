// SPDX-License-Identifier: MIT
#include "parley/net/backend/posix/descriptor_reserve.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include "parley/net/backend/posix/socket_calls.hpp"

namespace parley::net::detail {
namespace {

Descriptor open_reserve() {
    return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

DescriptorReserve::DescriptorReserve() : descriptor_(open_reserve()) {}

bool DescriptorReserve::turn_one_away(int listener, std::string_view refusal, std::span<char> scratch) {
    if (!descriptor_) return false;
    descriptor_.reset();
    SocketAddress peer;
    Descriptor socket = accept_from(listener, peer);
    const bool accepted = static_cast<bool>(socket);
    if (accepted && !refusal.empty()) {
        // What the peer has said is taken: to close over unread bytes would send a reset, which can overtake the rest.
        [[maybe_unused]] const auto taken = recv(socket.get(), scratch.data(), scratch.size(), 0);
        [[maybe_unused]] const auto sent = send(socket.get(), refusal.data(), refusal.size(), MSG_NOSIGNAL);
    }
    socket.reset();
    descriptor_ = open_reserve();
    return accepted;
}

void DescriptorReserve::renew() {
    if (!descriptor_) descriptor_ = open_reserve();
}

}  // namespace parley::net::detail
