// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>
#include <utility>

#include "parley/base/function.hpp"
#include "parley/server/socket.hpp"
#include "parley/server/socket_next.hpp"

namespace parley::server::detail {

using Middleware = Function<void(Socket, SocketNext)>;

/// Brings a user's middleware to the stored shape.
template <typename F>
Middleware adapt_middleware(F&& callable) {
    if constexpr (std::is_invocable_v<std::decay_t<F>&, Socket, SocketNext>) {
        return std::forward<F>(callable);
    } else {
        static_assert(std::is_invocable_v<std::decay_t<F>&, Socket, SocketNext>,
                      "parley: a middleware of a namespace takes (Socket, SocketNext)");
    }
}

}  // namespace parley::server::detail
