// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>
#include <utility>

#include "parley/base/function.hpp"
#include "parley/contract/signature.hpp"
#include "parley/server/socket.hpp"
#include "parley/server/socket_next.hpp"

namespace parley::server::detail {

using Middleware = Function<void(SocketCore&, SocketNext)>;

/// A handle of the socket to copy, and the one that lasts as long as its handlers.
Socket handle_of(SocketCore& socket);
Socket& lasting_handle_of(SocketCore& socket);

// Whether the first parameter is spelled out and no reference: then the handle that lasts need not be made.
template <typename First, typename... Rest>
constexpr bool begins_with_value(Types<First, Rest...>) {
    return !std::is_reference_v<First>;
}
template <typename F>
constexpr bool takes_socket_by_value() {
    if constexpr (has_signature<F>) return begins_with_value(typename Signature<std::decay_t<F>>::ParameterTypes{});
    return false;
}

/// Brings a user's middleware to the stored shape.
template <typename F>
Middleware adapt_middleware(F&& callable) {
    if constexpr (std::is_invocable_v<std::decay_t<F>&, Socket&, SocketNext>) {
        if (is_empty_function<std::decay_t<F>>(callable)) return {};
        return [callable = std::forward<F>(callable)](SocketCore& socket, SocketNext next) mutable {
            if constexpr (takes_socket_by_value<F>()) {
                call_for_effect(callable, handle_of(socket), std::move(next));
            } else {
                call_for_effect(callable, lasting_handle_of(socket), std::move(next));
            }
        };
    } else if constexpr (is_member_pointer<F>) {
        refuse_member_pointer<F>();
    } else {
        static_assert(std::is_invocable_v<std::decay_t<F>&, Socket&, SocketNext>,
                      "parley: a middleware of a namespace takes (Socket, SocketNext)");
    }
}

}  // namespace parley::server::detail
