// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/contract/ack_callback.hpp"
#include "parley/contract/emitter.hpp"
#include "parley/contract/handler.hpp"
#include "parley/task/wait.hpp"

/// How the members of sockets and servers that a task waits for are made: what calls back elsewhere makes a `Wait`
/// done.
namespace parley::task {

template <typename Sender>
inline constexpr bool is_to_many = false;
template <typename Target>
inline constexpr bool is_to_many<contract::SenderToMany<Target>> = true;

/// What comes of an event: all of it, the one value, or several.
template <typename... Values>
struct EventValue {
    using Type = std::tuple<Values...>;
    static bool read(contract::ArgumentReader& arguments, Type& values) {
        return std::apply([&](auto&... value) { return (arguments.read(value) && ...); }, values);
    }
};
template <typename Value>
struct EventValue<Value> {
    using Type = Value;
    static bool read(contract::ArgumentReader& arguments, Type& value) { return arguments.read(value); }
};
template <>
struct EventValue<> : EventValue<Arguments> {};

template <typename... Values>
struct Asking {
    /// Emits, and waits for the answer of one, or of all.
    template <typename Emitter, typename Sender, typename Event, typename... Given>
    static auto emit(const Emitter& emitter, const Sender&, const Event& event, Given&&... given) {
        using Answer = std::tuple_element_t<0, std::tuple<Values...>>;
        if constexpr (is_to_many<Sender>) {
            return begin<std::vector<std::conditional_t<std::is_void_v<Answer>, Json, Answer>>>(
                [&](auto&& callback) { emitter.emit(event, std::forward<Given>(given)..., std::move(callback)); });
        } else {
            return begin<Answer>(
                [&](auto&& callback) { emitter.emit(event, std::forward<Given>(given)..., std::move(callback)); });
        }
    }
    template <typename Sockets>
    static auto fetch(const Sockets& sockets) {
        return begin<Values...>([&](auto&& callback) { sockets.fetch_sockets(std::move(callback)); });
    }

    /// Until a client is connected.
    template <typename Listener>
    static Wait<void> connect(const Listener& listener) {
        auto value = std::make_shared<WaitValue<void>>();
        listener.add_connect_waiter(value.get(), [done = Completion<void>(value)](const Error* error) mutable {
            if (error == nullptr) return done({});
            done(std::unexpected(*error));
        });
        value->on_abandoned = [listener, waiter = static_cast<const void*>(value.get())] {
            listener.remove_waiter("connect", waiter);
            listener.remove_waiter("connect_error", waiter);
        };
        return Wait<void>(std::move(value));
    }

    /// The next event that `listener` receives.
    template <typename Own, typename Listener>
    static auto next(const Listener& listener, std::string_view event) {
        using Value = EventValue<Values...>;
        static_assert((contract::Readable<Values> && ...),
                      "parley: a value of this type cannot be read from an event; take Json, bool, a number, "
                      "std::string, Bytes, std::optional, std::vector, or a struct that lists its members with "
                      "PARLEY_JSON_FIELDS");
        constexpr bool is_socket = requires { listener.remove_waiter(event, nullptr); };
        static_assert(is_socket,
                      "parley: next() is of one socket: wait for it in io.on_connection(), or register io.on()");
        auto value = std::make_shared<WaitValue<typename Value::Type>>();
        if constexpr (is_socket) {
            listener.add_waiter(
                event, value.get(),
                [done = Completion<typename Value::Type>(value)](contract::Invocation& invocation) mutable {
                    contract::ArgumentReader arguments = static_cast<Own&>(invocation).arguments();
                    typename Value::Type read{};
                    if (Value::read(arguments, read)) return done(std::move(read));
                    done(std::unexpected(Error{ErrorCode::invalid_input, arguments.mismatch()}));
                });
            value->on_abandoned = [listener, event = std::string(event),
                                   waiter = static_cast<const void*>(value.get())] {
                listener.remove_waiter(event, waiter);
            };
        }
        return Wait<typename Value::Type>(std::move(value));
    }

 private:
    template <typename T, typename Start>
    static Wait<T> begin(Start&& start) {
        auto value = std::make_shared<WaitValue<T>>();
        start([done = Completion<T>(value)](Result<T> result) mutable { done(std::move(result)); });
        return Wait<T>(std::move(value));
    }
};

}  // namespace parley::task
