// SPDX-License-Identifier: MIT
#include "parley/net/backend/epoll/epoll_backend.hpp"
#include "parley/net/loop.hpp"

namespace parley::net {

std::unique_ptr<Loop> make_loop() {
    return std::make_unique<Loop>(std::make_unique<detail::EpollBackend>());
}

}  // namespace parley::net
