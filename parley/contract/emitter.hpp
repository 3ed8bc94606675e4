// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/base/done.hpp"
#include "parley/base/octets.hpp"
#include "parley/contract/ack_callback.hpp"
#include "parley/contract/arguments.hpp"
#include "parley/contract/event.hpp"
#include "parley/contract/signature.hpp"

/// How the arguments of an emit become JSON and, when the last one is a function, the callback of its acknowledgement.
///
/// Each emit ends in `send(event, arguments)` or `send(event, arguments, callback)`, called while the arguments live;
/// they are left out when `send.wants_arguments()` is false. What a task waits for is a callback like any other here
/// (parley/task/asking.hpp).
namespace parley::contract {

template <typename... Arguments>
inline constexpr bool ends_with_callback = false;
template <typename Last>
inline constexpr bool ends_with_callback<Last> = has_signature<Last> && !JsonWritable<std::decay_t<Last>>;
template <typename First, typename Second, typename... Rest>
inline constexpr bool ends_with_callback<First, Second, Rest...> = ends_with_callback<Second, Rest...>;

template <bool with_callback, typename Send, typename First, typename... Rest>
bool write_and_send(Send&& send, std::string_view event, ArgumentWriter& writer, First&& first, Rest&&... rest) {
    if constexpr (with_callback && sizeof...(Rest) == 0) {
        return send(event, writer.finish(), std::forward<First>(first));
    } else {
        writer.write(first);
        if constexpr (sizeof...(Rest) == 0) {
            return send(event, writer.finish());
        } else {
            return write_and_send<with_callback>(send, event, writer, std::forward<Rest>(rest)...);
        }
    }
}

/// Emits values as what they are.
template <typename Send, typename... Arguments>
bool emit_through(Send&& send, std::string_view event, Arguments&&... arguments) {
    ArgumentWriter writer(event, send.wants_arguments());
    if constexpr (sizeof...(Arguments) == 0) {
        return send(event, writer.finish());
    } else {
        return write_and_send<ends_with_callback<Arguments...>>(send, event, writer,
                                                                std::forward<Arguments>(arguments)...);
    }
}

template <typename Send, typename... Callback>
bool write_contract(Types<>, Send&& send, std::string_view event, ArgumentWriter& writer, Callback&&... callback) {
    return send(event, writer.finish(), std::forward<Callback>(callback)...);
}

// An argument; arrays of characters as the text that they are, which a std::string alone would not know.
template <typename Contract, typename First>
decltype(auto) as_given(First& first) {
    if constexpr (!std::is_array_v<First> || !std::is_same_v<std::remove_cv_t<std::remove_extent_t<First>>, char>) {
        return first;
    } else if constexpr (std::is_convertible_v<TextView, Contract>) {
        return TextView(first);
    } else if constexpr (std::is_convertible_v<std::string, Contract>) {
        return std::string(TextView(first));
    } else {
        return first;
    }
}

// What an argument is converted to lives in this call, and so longer than what is sent.
template <typename Contract, typename... More, typename Send, typename First, typename... Rest>
bool write_contract(Types<Contract, More...>, Send&& send, std::string_view event, ArgumentWriter& writer,
                    First&& first, Rest&&... rest) {
    const std::remove_cvref_t<Contract>& value = as_given<std::remove_cvref_t<Contract>>(first);
    writer.write(value);
    return write_contract(Types<More...>{}, send, event, writer, std::forward<Rest>(rest)...);
}

template <typename Contract, typename Arguments>
constexpr bool keeps_values(Contract, Arguments) {
    return true;
}

template <typename Contract, typename... More, typename First, typename... Rest>
constexpr bool keeps_values(Types<Contract, More...>, Types<First, Rest...>) {
    return !loses_value<First, Contract> && keeps_values(Types<More...>{}, Types<Rest...>{});
}

// Whether the callback at the end, if there is one, takes what the contract answers.
template <typename Send, typename R, typename... Arguments>
constexpr bool fits_answer(Types<Arguments...>) {
    return true;
}

template <typename Send, typename R, typename First, typename... Rest>
constexpr bool fits_answer(Types<First, Rest...>) {
    if constexpr (sizeof...(Rest) > 0) {
        return fits_answer<Send, R>(Types<Rest...>{});
    } else if constexpr (ends_with_callback<First>) {
        return Send::template takes_answer<R>(typename Signature<std::decay_t<First>>::ParameterTypes{});
    } else {
        return true;
    }
}

template <typename... Arguments>
constexpr bool fits_contract(Types<>, Types<Arguments...>) {
    return sizeof...(Arguments) == 0 || (sizeof...(Arguments) == 1 && ends_with_callback<Arguments...>);
}

template <typename Contract, typename... More>
constexpr bool fits_contract(Types<Contract, More...>, Types<>) {
    return false;
}

template <typename Contract, typename... More, typename First, typename... Rest>
constexpr bool fits_contract(Types<Contract, More...>, Types<First, Rest...>) {
    return std::is_convertible_v<First&, std::remove_cvref_t<Contract>> &&
           fits_contract(Types<More...>{}, Types<Rest...>{});
}

/// Emits a typed event; what does not fit its contract does not compile.
template <typename Send, typename R, typename... Contract, typename... Arguments>
bool emit_through(Send&& send, const Event<R(Contract...)>& event, Arguments&&... arguments) {
    constexpr bool fits = fits_contract(Types<Contract...>{}, Types<Arguments...>{});
    constexpr bool keeps = !fits || keeps_values(Types<Contract...>{}, Types<Arguments...>{});
    constexpr bool answers = fits_answer<std::remove_cvref_t<Send>, R>(Types<Arguments...>{});
    if constexpr (fits && keeps && answers) {
        ArgumentWriter writer(event.name(), send.wants_arguments());
        return write_contract(Types<Contract...>{}, send, event.name(), writer, std::forward<Arguments>(arguments)...);
    } else {
        static_assert(fits, "parley: the arguments of this emit are not those in the contract of its event");
        static_assert(keeps,
                      "parley: a number of this emit may not fit the type in the contract of its event; convert it "
                      "yourself, as in static_cast<int>(value)");
        static_assert(answers || !fits || !keeps,
                      "parley: the callback of this emit does not take what the contract of its event answers");
        return false;
    }
}

/// Sends to one, for whatever has `is_reachable()` and `send_event(event, arguments, callback)`.
template <typename Target>
struct SenderToOne {
    const Target& target;

    template <typename R, typename... Parameters>
    static constexpr bool takes_answer(Types<Parameters...> parameters) {
        return takes_answer_of<R>(parameters);
    }
    [[nodiscard]] bool wants_arguments() const { return target.is_reachable(); }
    template <typename... Callback>
    bool operator()(std::string_view event, const EncodedArguments& arguments, Callback&&... callback) const {
        return target.send_event(event, arguments,
                                 AckCallback(adapt_ack_callback(std::forward<Callback>(callback))...));
    }
};

/// Sends to many, for whatever has `broadcast(event, arguments, callback)`.
template <typename Target>
struct SenderToMany {
    Target target;

    template <typename R, typename... Parameters>
    static constexpr bool takes_answer(Types<Parameters...> parameters) {
        return takes_answers_of<R>(parameters);
    }
    static bool wants_arguments() { return true; }
    template <typename... Callback>
    bool operator()(std::string_view event, const EncodedArguments& arguments, Callback&&... callback) const {
        return target.broadcast(event, arguments,
                                BroadcastCallback(adapt_callback_of_many(std::forward<Callback>(callback))...));
    }
};

/// `emit` and `send` of whatever has a `sender()`.
template <typename Self>
class Emitting {
 public:
    Done emit(EventName event) const { return Done(emit_through(sender_of_self(), event.name())); }
    template <typename First = Json, typename... Rest>
    Done emit(EventName event, First&& first, Rest&&... rest) const {
        return Done(
            emit_through(sender_of_self(), event.name(), std::forward<First>(first), std::forward<Rest>(rest)...));
    }
    template <typename Signature, typename... Arguments>
    Done emit(const Event<Signature>& event, Arguments&&... arguments) const {
        return Done(emit_through(sender_of_self(), event, std::forward<Arguments>(arguments)...));
    }

    /// Emits the event `message`.
    Done send() const { return emit("message"); }
    template <typename First = Json, typename... Rest>
    Done send(First&& first, Rest&&... rest) const {
        return emit("message", std::forward<First>(first), std::forward<Rest>(rest)...);
    }

    /// Emits, and gives a `Task` (include parley/task.hpp) what it may wait for: the acknowledgement.
    ///
    ///     auto wait = socket.timeout(5s).emit_with_ack<int>("add", 1, 2);
    ///     parley::Result<int> sum = co_await wait;
    ///
    /// Of many it is a `Result<std::vector<int>>`, of a contract what that answers, without a type `Json`. It was sent
    /// when this returns; what is given is not referred to later. An error is one that a callback would get, or
    /// `disconnected` where the socket, the client or the server has gone.
    template <typename Answer = Json, typename... Values>
    [[nodiscard]] auto emit_with_ack(EventName event, Values&&... values) const {
        return task::Asking<Answer>::emit(self(), sender_of_self(), event, std::forward<Values>(values)...);
    }
    template <typename Answer, typename... Contract, typename... Values>
    [[nodiscard]] auto emit_with_ack(const Event<Answer(Contract...)>& event, Values&&... values) const {
        return task::Asking<Answer>::emit(self(), sender_of_self(), event, std::forward<Values>(values)...);
    }

 private:
    [[nodiscard]] const Self& self() const { return static_cast<const Self&>(*this); }
    [[nodiscard]] auto sender_of_self() const { return self().sender(); }
};

}  // namespace parley::contract
