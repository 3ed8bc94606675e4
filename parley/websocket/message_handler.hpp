// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "parley/base/function.hpp"

namespace parley {

/// One message as it came: text, which is valid UTF-8, or binary. The view is valid during the handler.
struct WebSocketMessage {
    std::string_view data;
    bool is_binary = false;
};

/// How one message is sent.
struct WebSocketSendOptions {
    bool compress = true;  ///< false: not even where `per_message_deflate` was agreed to
};

}  // namespace parley

/// What a program's handlers of WebSockets may take, on either side.
namespace parley::websocket {

/// Calls a user's message handler with the last argument that it takes: the message, its text as a view, or a copy.
template <typename F, typename... Before>
void call_with_message(F& handler, WebSocketMessage message, Before&... before) {
    if constexpr (std::is_invocable_v<F&, Before&..., WebSocketMessage>) {
        call_for_effect(handler, before..., message);
    } else if constexpr (std::is_invocable_v<F&, Before&..., std::string_view>) {
        call_for_effect(handler, before..., message.data);
    } else {
        call_for_effect(handler, before..., std::string(message.data));
    }
}

// Concepts, because their `||` asks no further once it is satisfied: a generic handler is only tried with the first.
template <typename F, typename... Before>
concept TakesMessage =
    std::is_invocable_v<F&, Before&..., WebSocketMessage> || std::is_invocable_v<F&, Before&..., std::string_view> ||
    std::is_invocable_v<F&, Before&..., std::string>;

/// Calls a user's close handler with as much as it takes: code and reason, the code, or neither.
template <typename F, typename... Before>
void call_with_end(F& handler, std::uint16_t code, std::string_view reason, Before&... before) {
    if constexpr (std::is_invocable_v<F&, Before&..., std::uint16_t, std::string_view>) {
        call_for_effect(handler, before..., code, reason);
    } else if constexpr (std::is_invocable_v<F&, Before&..., std::uint16_t, std::string>) {
        call_for_effect(handler, before..., code, std::string(reason));
    } else if constexpr (std::is_invocable_v<F&, Before&..., std::uint16_t>) {
        call_for_effect(handler, before..., code);
    } else if constexpr (std::is_invocable_v<F&, Before&...>) {
        call_for_effect(handler, before...);
    } else {
        call_for_effect(handler);
    }
}

template <typename F, typename... Before>
concept TakesEnd = std::is_invocable_v<F&, Before&..., std::uint16_t, std::string_view> ||
                   std::is_invocable_v<F&, Before&..., std::uint16_t, std::string> ||
                   std::is_invocable_v<F&, Before&..., std::uint16_t> || std::is_invocable_v<F&, Before&...> ||
                   std::is_invocable_v<F&>;

}  // namespace parley::websocket
