// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <utility>

#include "parley/base/counted.hpp"
#include "parley/base/reference.hpp"
#include "parley/client/socket_core.hpp"

namespace parley::client {

/// What the copies of one `AuthAnswer` refer to: which attempt of which namespace waits for it.
class AuthQuestion final : public Counted {
 public:
    AuthQuestion(SocketCore& socket, std::uint64_t attempt) : socket_(&socket), attempt_(attempt) {}

    [[nodiscard]] const Reference<SocketCore>& socket() const noexcept { return socket_; }
    [[nodiscard]] std::uint64_t attempt() const noexcept { return attempt_; }

 private:
    const Reference<SocketCore> socket_;
    const std::uint64_t attempt_;
};

}  // namespace parley::client
