// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

#include "parley/base/function.hpp"

namespace parley {

// Defined by parley/task.hpp, which is to be included where they are used.
template <typename T>
class Task;
namespace task {
struct Home;
template <typename... Values>
struct Asking;
template <typename Own>
struct HandlerOf;
}  // namespace task

namespace contract {

/// A list of types.
template <typename... Ts>
struct Types {
    static constexpr std::size_t size = sizeof...(Ts);
};

/// What a callable takes and returns, where its type says so; `known` is false for `auto` parameters and overloads.
template <typename F>
struct Signature {
    static constexpr bool known = false;
};

template <typename R, typename... Parameters>
struct KnownSignature {
    static constexpr bool known = true;
    using Return = R;
    using ParameterTypes = Types<Parameters...>;
};

template <typename R, typename... P>
struct Signature<R (*)(P...)> : KnownSignature<R, P...> {};
template <typename R, typename... P>
struct Signature<R (*)(P...) noexcept> : KnownSignature<R, P...> {};
template <typename C, typename R, typename... P>
struct Signature<R (C::*)(P...)> : KnownSignature<R, P...> {};
template <typename C, typename R, typename... P>
struct Signature<R (C::*)(P...) const> : KnownSignature<R, P...> {};
template <typename C, typename R, typename... P>
struct Signature<R (C::*)(P...) noexcept> : KnownSignature<R, P...> {};
template <typename C, typename R, typename... P>
struct Signature<R (C::*)(P...) const noexcept> : KnownSignature<R, P...> {};

template <typename F>
    requires requires { &F::operator(); }
struct Signature<F> : Signature<decltype(&F::operator())> {};

/// Whether `F` is a function or a lambda whose parameter types are spelled out.
template <typename F>
inline constexpr bool has_signature = Signature<std::decay_t<F>>::known;

/// Whether a number of type `From` may be none of type `To`.
template <typename From, typename To>
constexpr bool loses_number() {
    using F = std::remove_cvref_t<From>;
    using T = std::remove_cvref_t<To>;
    if constexpr (!std::is_arithmetic_v<F> || !std::is_arithmetic_v<T>) {
        return false;
    } else if constexpr (std::is_floating_point_v<F> && !std::is_floating_point_v<T>) {
        return true;
    } else {
        return std::numeric_limits<F>::digits > std::numeric_limits<T>::digits ||
               (std::is_signed_v<F> && !std::is_signed_v<T>);
    }
}

template <typename From, typename To>
inline constexpr bool loses_value = loses_number<From, To>();

/// What a handler answers that returns `R`: a Task what that comes to.
template <typename R>
struct AnswerOf {
    using Type = R;
};
template <typename R>
struct AnswerOf<Task<R>> {
    using Type = R;
};

template <typename F>
constexpr bool returns_something() {
    if constexpr (has_signature<F>)
        return !std::is_void_v<typename AnswerOf<typename Signature<std::decay_t<F>>::Return>::Type>;
    return false;
}

/// `callable`, which nobody waits for and which returns nothing; where it leaves its parameter types open, as what
/// takes exactly these.
template <typename... Parameters, typename F>
decltype(auto) spell_out(F&& callable) {
    if constexpr (!has_signature<F> && std::is_invocable_v<std::decay_t<F>&, Parameters...>) {
        return [callable = std::forward<F>(callable)](Parameters... parameters) mutable {
            call_for_effect(callable, static_cast<Parameters&&>(parameters)...);
        };
    } else if constexpr (returns_something<F>()) {
        static_assert(
            !returns_something<F>(),
            "parley: what this handler returns would be lost, and a path without a return would be undefined: "
            "let it return nothing, as in { socket.emit(...); return; }");
        return [] {};
    } else {
        return std::forward<F>(callable);
    }
}

}  // namespace contract
}  // namespace parley
