// SPDX-License-Identifier: MIT
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/base/bytes.hpp"
#include "parley/base/done.hpp"
#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/contract/ack.hpp"
#include "parley/contract/arguments.hpp"
#include "parley/contract/event.hpp"
#include "parley/contract/invocation.hpp"
#include "parley/contract/signature.hpp"

/// How a plain function becomes a handler: its parameter types say what the event carries, its result is the
/// acknowledgement, of a coroutine what it comes to (parley/task.hpp). Everything here is thin; the work is done behind
/// `Invocation`.
///
/// `Own` is always a library's own kind of `Invocation`, which every event is that comes to handlers made with it.
namespace parley::contract {

using EventHandler = Function<void(Invocation&)>;

struct Nothing {};

/// What stands for `Own` in functions that get arguments and nothing else.
struct NoInvocation {
    struct Handle;
    using Owned = Nothing;
};

// Where one parameter of a handler gets its value from.
template <typename Own, typename Parameter>
struct Slot {
    using Handle = typename Own::Handle;
    using Value = std::remove_cvref_t<Parameter>;
    static constexpr bool is_socket = std::is_same_v<Value, Handle>;
    static constexpr bool is_lasting_socket = is_socket && std::is_lvalue_reference_v<Parameter>;
    static constexpr bool is_ack = std::is_same_v<Value, Ack>;
    static constexpr bool is_text_view = std::is_same_v<Value, std::string_view>;
    static constexpr bool is_bytes_view = std::is_same_v<Value, BytesView>;
    using Owned = std::conditional_t<is_socket, typename Own::Owned, Value>;
    using Stored = std::conditional_t<is_text_view, std::string, std::conditional_t<is_bytes_view, Bytes, Owned>>;
    static constexpr bool is_argument = !is_socket && !is_ack;
    static constexpr bool is_readable = !is_argument || Readable<Stored>;

    [[no_unique_address]] std::conditional_t<is_lasting_socket, Nothing, Stored> value{};
    [[no_unique_address]] std::conditional_t<is_lasting_socket, Handle*, Nothing> lasting{};

    bool fill(Own& invocation, ArgumentReader& arguments) {
        if constexpr (is_lasting_socket) {
            lasting = &invocation.lasting_socket();
        } else if constexpr (is_socket) {
            value = invocation.socket();
        } else if constexpr (is_ack) {
            // taken once all arguments fit: see `take`
        } else {
            return arguments.read(value);
        }
        return true;
    }

    void take(Own& invocation) {
        if constexpr (is_ack) value = invocation.take_ack();
    }

    decltype(auto) pass() {
        if constexpr (is_text_view || is_bytes_view) {
            return Value(value);
        } else if constexpr (is_lasting_socket) {
            return static_cast<Parameter>(*lasting);
        } else if constexpr (is_socket) {
            return Value(std::move(value));
        } else {
            return static_cast<Parameter&&>(value);
        }
    }
};

template <typename>
inline constexpr bool is_result = false;
template <typename T>
inline constexpr bool is_result<std::expected<T, Error>> = true;

// Sends what a handler returned.
template <typename R>
void answer_with(Invocation& invocation, R& result) {
    if (!invocation.wants_answer()) return;
    ArgumentWriter writer;
    if constexpr (is_result<R>) {
        if (!result) return invocation.answer_error(result.error());
        if constexpr (!std::is_void_v<typename R::value_type>) writer.write(*result);
    } else {
        writer.write(result);
    }
    invocation.answer(writer.finish());
}

template <typename Own, typename F, typename... Slots>
void invoke_with(F& handler, Own& invocation, Slots&&... slots) {
    ArgumentReader arguments = invocation.arguments();
    if (!(slots.fill(invocation, arguments) && ...)) return invocation.report_mismatch(arguments.mismatch());
    (slots.take(invocation), ...);
    // Who takes an `Ack` answers with it.
    constexpr bool answers_itself = (std::remove_cvref_t<Slots>::is_ack || ...);
    if constexpr (answers_itself || std::is_void_v<decltype(handler(slots.pass()...))>) {
        call_for_effect(handler, slots.pass()...);
    } else {
        auto result = handler(slots.pass()...);
        answer_with(invocation, result);
    }
}

template <typename Own, typename F, typename... Parameters>
void invoke(F& handler, Invocation& invocation, Types<Parameters...>) {
    invoke_with(handler, static_cast<Own&>(invocation), Slot<Own, Parameters>()...);
}

/// Whether a handler may return this: anything but what tells whether something was sent.
template <typename Returned>
inline constexpr bool may_answer = !std::is_same_v<std::remove_cvref_t<typename AnswerOf<Returned>::Type>, Done>;

template <typename Own, typename... Parameters>
constexpr bool all_readable(Types<Parameters...>) {
    return (Slot<Own, Parameters>::is_readable && ...);
}

/// Whether nothing stands behind `Arguments`, which take all that are left.
template <typename Own, typename... Parameters>
constexpr bool takes_rest_last(Types<Parameters...>) {
    [[maybe_unused]] bool is_taken = false;
    bool is_last = true;
    ((is_last = is_last && !(is_taken && Slot<Own, Parameters>::is_argument),
      is_taken = is_taken || std::is_same_v<std::remove_cvref_t<Parameters>, Arguments>),
     ...);
    return is_last;
}

/// One that is known to fit; a coroutine is the business of parley/task.hpp, which knows what it returns.
template <typename Own, typename F, typename... Parameters>
EventHandler make_handler(F&& callable, Types<Parameters...> parameters) {
    if (is_empty_function<std::decay_t<F>>(callable)) return {};
    using Returned = std::invoke_result_t<std::decay_t<F>&, Parameters...>;
    if constexpr (!std::is_same_v<Returned, typename AnswerOf<Returned>::Type>) {
        return task::HandlerOf<Own>::make(std::forward<F>(callable), parameters);
    } else {
        return [callable = std::forward<F>(callable)](Invocation& invocation) mutable {
            invoke<Own>(callable, invocation, Types<Parameters...>{});
        };
    }
}

/// The handler that calls `callable` with what its parameter types ask for. None, as of all that follow, of what is
/// empty.
template <typename Own, typename F>
EventHandler adapt_handler(F&& callable) {
    using Callable = std::decay_t<F>;
    if constexpr (is_member_pointer<F>) {
        refuse_member_pointer<F>();
    } else if constexpr (!has_signature<Callable>) {
        static_assert(has_signature<Callable>,
                      "parley: a handler must be a function or a lambda with spelled-out parameter types (not auto): "
                      "they say what the event carries");
    } else {
        using Parameters = typename Signature<Callable>::ParameterTypes;
        if constexpr (!all_readable<Own>(Parameters{})) {
            static_assert(all_readable<Own>(Parameters{}),
                          "parley: a parameter of this handler cannot be read from an event; take Json, bool, a "
                          "number, std::string, Bytes, std::optional, std::vector, or a struct that lists its members "
                          "with PARLEY_JSON_FIELDS");
        } else if constexpr (!takes_rest_last<Own>(Parameters{})) {
            static_assert(
                takes_rest_last<Own>(Parameters{}),
                "parley: Arguments are all that are left of an event, so they are its last parameter; only an "
                "Ack may follow");
        } else if constexpr (!may_answer<typename Signature<Callable>::Return>) {
            static_assert(may_answer<typename Signature<Callable>::Return>,
                          "parley: a handler returns its answer, and whether something was sent is none: return what "
                          "the client gets, or nothing, as in { socket.emit(...); return; }");
        } else {
            return make_handler<Own>(std::forward<F>(callable), Parameters{});
        }
    }
}

template <typename Own, typename... Parameters>
constexpr bool any_argument(Types<Parameters...>) {
    return (Slot<Own, Parameters>::is_argument || ...);
}

/// Whether a handler is seen to take something that an event carries.
template <typename Own, typename F>
constexpr bool takes_arguments() {
    if constexpr (has_signature<F> && !is_member_pointer<F>)
        return any_argument<Own>(typename Signature<std::decay_t<F>>::ParameterTypes{});
    return false;
}

// The parameter lists that a handler of a typed event may have, most complete first.
template <typename Handle, typename F, typename... Arguments>
auto contract_parameters() {
    if constexpr (std::is_invocable_v<F&, Handle&, Arguments..., Ack>) {
        return Types<Handle&, Arguments..., Ack>{};
    } else if constexpr (std::is_invocable_v<F&, Arguments..., Ack>) {
        return Types<Arguments..., Ack>{};
    } else if constexpr (std::is_invocable_v<F&, Handle&, Arguments...>) {
        return Types<Handle&, Arguments...>{};
    } else if constexpr (std::is_invocable_v<F&, Arguments...>) {
        return Types<Arguments...>{};
    }
}

template <typename Returned, typename R>
constexpr bool answer_loses_value() {
    if constexpr (is_result<Returned>) {
        return loses_value<typename Returned::value_type, R>;
    } else {
        return loses_value<Returned, R>;
    }
}

template <typename F, typename R, typename... Parameters>
constexpr bool returns_contract(Types<Parameters...>) {
    using Returned = typename AnswerOf<std::invoke_result_t<F&, Parameters...>>::Type;
    const bool answers_itself = (std::is_same_v<Parameters, Ack> || ...);
    if constexpr (std::is_void_v<R> || std::is_void_v<Returned>) {
        return std::is_void_v<Returned> && (std::is_void_v<R> || answers_itself);
    } else {
        return !answer_loses_value<Returned, R>() &&
               (std::is_convertible_v<Returned, R> || std::is_convertible_v<Returned, Result<R>>);
    }
}

template <typename F, typename... Parameters>
constexpr bool answers_something(Types<Parameters...>) {
    return may_answer<std::invoke_result_t<F&, Parameters...>>;
}

/// The handler of a typed event: reads what the contract says, whatever the parameters of `callable` are called.
template <typename Own, typename R, typename... Arguments, typename F>
EventHandler adapt_handler(const Event<R(Arguments...)>&, F&& callable) {
    using Callable = std::decay_t<F>;
    using Parameters = decltype(contract_parameters<typename Own::Handle, Callable, Arguments...>());
    if constexpr (is_member_pointer<F>) {
        refuse_member_pointer<F>();
    } else if constexpr (std::is_void_v<Parameters>) {
        static_assert(!std::is_void_v<Parameters>,
                      "parley: this handler does not take what the contract of its event carries");
    } else if constexpr (!answers_something<Callable>(Parameters{})) {
        static_assert(answers_something<Callable>(Parameters{}),
                      "parley: a handler returns its answer, and whether something was sent is none: return what "
                      "the client gets, or nothing, as in { socket.emit(...); return; }");
    } else if constexpr (!returns_contract<Callable, R>(Parameters{})) {
        static_assert(returns_contract<Callable, R>(Parameters{}),
                      "parley: this handler does not return what the contract of its event answers");
    } else {
        return make_handler<Own>(std::forward<F>(callable), Parameters{});
    }
}

/// The handler of all events, whatever they are called.
template <typename Own, typename F>
EventHandler adapt_any_handler(F&& callable) {
    using Callable = std::decay_t<F>;
    using Handle = typename Own::Handle;
    constexpr bool takes_view = std::is_invocable_v<Callable&, Handle&, std::string_view, Arguments> ||
                                std::is_invocable_v<Callable&, std::string_view, Arguments>;
    using Name = std::conditional_t<takes_view, std::string_view, std::string>;
    if constexpr (std::is_invocable_v<Callable&, Handle&, Name, Arguments>) {
        if (is_empty_function<std::decay_t<F>>(callable)) return {};
        return [callable = std::forward<F>(callable)](Invocation& invocation) mutable {
            auto& own = static_cast<Own&>(invocation);
            call_for_effect(callable, own.lasting_socket(), Name(own.event()), all_arguments(own.arguments()));
        };
    } else if constexpr (std::is_invocable_v<Callable&, Name, Arguments>) {
        if (is_empty_function<std::decay_t<F>>(callable)) return {};
        return [callable = std::forward<F>(callable)](Invocation& invocation) mutable {
            auto& own = static_cast<Own&>(invocation);
            call_for_effect(callable, Name(own.event()), all_arguments(own.arguments()));
        };
    } else if constexpr (is_member_pointer<F>) {
        refuse_member_pointer<F>();
    } else {
        static_assert(
            std::is_invocable_v<Callable&, Name, Arguments>,
            "parley: a handler of all events takes (std::string_view event, Arguments arguments), with a Socket in "
            "front if it likes");
    }
}

/// For which events of a name a handler is called.
enum class Calls : bool { each, next };
/// Where a handler of all events stands among the others.
enum class Place : bool { behind, in_front };

/// How a program registers handlers with whatever has `register_handler(event, handler, calls)` and
/// `add_any_handler(handler, place)`.
template <typename Self, typename Own>
class Listening {
 public:
    template <typename Handler>
    void on(EventName event, Handler&& handler) const {
        self().register_handler(event.name(), adapt_handler<Own>(std::forward<Handler>(handler)), Calls::each);
    }
    template <typename Signature, typename Handler>
    void on(const Event<Signature>& event, Handler&& handler) const {
        self().register_handler(event.name(), adapt_handler<Own>(event, std::forward<Handler>(handler)), Calls::each);
    }
    template <typename Handler>
    void once(EventName event, Handler&& handler) const {
        self().register_handler(event.name(), adapt_handler<Own>(std::forward<Handler>(handler)), Calls::next);
    }
    template <typename Signature, typename Handler>
    void once(const Event<Signature>& event, Handler&& handler) const {
        self().register_handler(event.name(), adapt_handler<Own>(event, std::forward<Handler>(handler)), Calls::next);
    }
    template <typename Handler>
    void on_any(Handler&& handler) const {
        self().add_any_handler(adapt_any_handler<Own>(std::forward<Handler>(handler)), Place::behind);
    }
    template <typename Handler>
    void prepend_any(Handler&& handler) const {
        self().add_any_handler(adapt_any_handler<Own>(std::forward<Handler>(handler)), Place::in_front);
    }
    template <typename... Values>
    [[nodiscard]] auto next(EventName event) const {
        return task::Asking<Values...>::template next<Own>(self(), event.name());
    }
    template <typename R, typename... Values>
    [[nodiscard]] auto next(const Event<R(Values...)>& event) const {
        return task::Asking<std::remove_cvref_t<Values>...>::template next<Own>(self(), event.name());
    }

 private:
    [[nodiscard]] const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace parley::contract
