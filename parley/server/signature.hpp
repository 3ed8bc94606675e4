// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <type_traits>

namespace parley::server::detail {

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

}  // namespace parley::server::detail
