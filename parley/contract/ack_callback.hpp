// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/contract/arguments.hpp"
#include "parley/contract/handler.hpp"
#include "parley/contract/signature.hpp"
#include "parley/json.hpp"

/// How a plain function becomes the callback of an emit that asks for an acknowledgement.
namespace parley::contract {

/// What arrives for an emit that asked one client: the arguments, or why there will be none.
struct AckOutcome {
    ArgumentReader* arguments = nullptr;  ///< null when there is an error
    const Error* error = nullptr;         ///< null when the client answered
    std::string mismatch;                 ///< set when the arguments do not fit a callback, which was then not called
};

using AckCallback = Function<void(AckOutcome&)>;
/// Takes what arrived when many were asked, in the order of arrival; `missing` is null when it is all.
template <typename Given>
using CallbackOfMany = Function<void(std::vector<Given>&& given, const Error* missing)>;
/// The first argument of each answer.
using BroadcastCallback = CallbackOfMany<Json>;

// The callback that takes one `Result`: called whatever happens.
template <typename ResultType, typename F>
void deliver_result(F& callback, AckOutcome& outcome) {
    using Value = typename ResultType::value_type;
    if (outcome.error != nullptr) return call_for_effect(callback, ResultType(std::unexpected(*outcome.error)));
    if constexpr (std::is_void_v<Value>) {
        call_for_effect(callback, ResultType());
    } else {
        Value value{};
        if (outcome.arguments->read(value)) {
            call_for_effect(callback, ResultType(std::move(value)));
        } else {
            call_for_effect(
                callback, ResultType(std::unexpected(Error{ErrorCode::invalid_input, outcome.arguments->mismatch()})));
        }
    }
}

// The callback that takes values: called when the client answered and they fit.
template <typename F, typename... Slots>
void deliver_values(F& callback, AckOutcome& outcome, Slots&&... slots) {
    if (outcome.error != nullptr) return;
    if ((outcome.arguments->read(slots.value) && ...)) {
        call_for_effect(callback, slots.pass()...);
    } else {
        outcome.mismatch = outcome.arguments->mismatch();
    }
}

// The callback that takes `Result<void>` in front of the values: called whatever happens.
template <typename F, typename... Slots>
void deliver_outcome(F& callback, AckOutcome& outcome, Slots&&... slots) {
    Result<void> result;
    if (outcome.error != nullptr) {
        result = std::unexpected(*outcome.error);
    } else if (!(outcome.arguments->read(slots.value) && ...)) {
        result = std::unexpected(Error{ErrorCode::invalid_input, outcome.arguments->mismatch()});
    }
    call_for_effect(callback, std::move(result), slots.pass()...);
}

template <typename>
inline constexpr bool is_readable_result = false;
template <typename T>
inline constexpr bool is_readable_result<std::expected<T, Error>> = std::is_void_v<T> || Readable<T>;

template <typename... Parameters>
constexpr bool takes_result(Types<Parameters...>) {
    return sizeof...(Parameters) == 1 && (is_readable_result<std::remove_cvref_t<Parameters>> && ...);
}

template <typename... Parameters>
constexpr bool takes_values(Types<Parameters...>) {
    return ((Slot<NoInvocation, Parameters>::is_argument && Slot<NoInvocation, Parameters>::is_readable) && ...);
}

template <typename... Parameters>
constexpr bool takes_outcome(Types<Parameters...>) {
    return false;
}

template <typename First, typename Second, typename... Rest>
constexpr bool takes_outcome(Types<First, Second, Rest...>) {
    return std::is_same_v<std::remove_cvref_t<First>, Result<void>> && takes_values(Types<Second, Rest...>{});
}

template <typename F, typename First, typename... Rest>
void deliver(F& callback, AckOutcome& outcome, Types<First, Rest...> parameters) {
    if constexpr (takes_result(parameters)) {
        deliver_result<std::remove_cvref_t<First>>(callback, outcome);
    } else if constexpr (takes_outcome(parameters)) {
        deliver_outcome(callback, outcome, Slot<NoInvocation, Rest>()...);
    } else {
        deliver_values(callback, outcome, Slot<NoInvocation, First>(), Slot<NoInvocation, Rest>()...);
    }
}

template <typename F>
void deliver(F& callback, AckOutcome& outcome, Types<>) {
    deliver_values(callback, outcome);
}

/// The callback for one client: takes the values of the acknowledgement, one `Result<T>`, or `Result<void>` and the
/// values.
template <typename F>
AckCallback adapt_ack_callback(F&& callable) {
    using Callable = std::decay_t<F>;
    using Parameters = typename Signature<Callable>::ParameterTypes;
    if constexpr (is_member_pointer<F>) {
        refuse_member_pointer<F>();
    } else if constexpr (!takes_rest_last<NoInvocation>(Parameters{})) {
        static_assert(takes_rest_last<NoInvocation>(Parameters{}),
                      "parley: Arguments are all that are left of an acknowledgement, so they are the last parameter");
    } else if constexpr (takes_result(Parameters{}) || takes_outcome(Parameters{}) || takes_values(Parameters{})) {
        if (is_empty_function<std::decay_t<F>>(callable)) return {};
        return [callable = std::forward<F>(callable)](AckOutcome& outcome) mutable {
            deliver(callable, outcome, Parameters{});
        };
    } else {
        static_assert(takes_values(Parameters{}),
                      "parley: the callback of an acknowledgement takes the values it carries, one Result<T>, or "
                      "Result<void> and the values");
    }
}

// The answers as `T`; those that are something else are left out and make an error.
template <typename Given, typename T>
Result<void> convert_answers(std::vector<Given>&& given, std::vector<T>& values) {
    bool fits = true;
    if constexpr (std::is_same_v<Given, T>) {
        values = std::move(given);
    } else {
        for (const Given& answer : given) {
            if (auto value = answer.template get<T>()) {
                values.push_back(*std::move(value));
            } else {
                fits = false;
            }
        }
    }
    if (fits) return {};
    return std::unexpected(Error{ErrorCode::invalid_input, "an answer is not of the expected type"});
}

// What a callback for many takes so many of.
template <typename T>
auto element_of(Types<std::vector<T>>) -> T;
template <typename T>
auto element_of(Types<std::expected<std::vector<T>, Error>>) -> T;
template <typename T>
auto element_of(Types<Result<void>, std::vector<T>>) -> T;
void element_of(...);

template <typename... Parameters>
auto bare(Types<Parameters...>) -> Types<std::remove_cvref_t<Parameters>...>;

template <typename Given, typename T>
constexpr bool is_given_as() {
    if constexpr (std::is_same_v<Given, Json> && !std::is_void_v<T>) return Readable<T>;
    return std::is_same_v<Given, T>;
}

/// The callback for many: takes all that is `Given` as `std::vector<T>`, as `Result<std::vector<T>>`, or as
/// `Result<void>` and `std::vector<T>`, which also has what came before the deadline. Of answers `T` is any type that
/// they may be read as.
template <typename Given = Json, typename F>
CallbackOfMany<Given> adapt_callback_of_many(F&& callable) {
    using Parameters = decltype(bare(typename Signature<std::decay_t<F>>::ParameterTypes{}));
    using T = decltype(element_of(Parameters{}));
    if constexpr (is_member_pointer<F>) {
        refuse_member_pointer<F>();
    } else if constexpr (is_given_as<Given, T>()) {
        if (is_empty_function<std::decay_t<F>>(callable)) return {};
        return [callable = std::forward<F>(callable)](std::vector<Given>&& given, const Error* missing) mutable {
            std::vector<T> values;
            Result<void> outcome = convert_answers(std::move(given), values);
            if (missing != nullptr) outcome = std::unexpected(*missing);
            if constexpr (Parameters::size == 2) {
                call_for_effect(callable, std::move(outcome), std::move(values));
            } else if constexpr (std::is_same_v<Parameters, Types<std::vector<T>>>) {
                call_for_effect(callable, std::move(values));
            } else {
                Result<std::vector<T>> result(std::move(values));
                if (!outcome) result = std::unexpected(std::move(outcome.error()));
                call_for_effect(callable, std::move(result));
            }
        };
    } else {
        static_assert(is_given_as<Given, T>(),
                      "parley: the callback of a broadcast takes std::vector<T>, Result<std::vector<T>>, or "
                      "(Result<void>, std::vector<T>); that of fetch_sockets() as well, of RemoteSocket");
    }
}

/// Whether a callback for one client takes what an event that answers `R` is answered.
template <typename R, typename... Parameters>
constexpr bool takes_answer_of(Types<Parameters...>) {
    return false;
}
template <typename R>
constexpr bool takes_answer_of(Types<>) {
    return true;
}
template <typename R, typename Parameter>
constexpr bool takes_answer_of(Types<Parameter>) {
    return std::is_same_v<std::remove_cvref_t<Parameter>, Result<R>> ||
           std::is_same_v<typename Slot<NoInvocation, Parameter>::Stored, R>;
}
template <typename R, typename First, typename Second>
constexpr bool takes_answer_of(Types<First, Second>) {
    return std::is_same_v<std::remove_cvref_t<First>, Result<void>> &&
           std::is_same_v<typename Slot<NoInvocation, Second>::Stored, R>;
}

/// The same for a callback for many clients. Where nothing is answered, anything may be expected.
template <typename R, typename... Parameters>
constexpr bool takes_answers_of(Types<Parameters...>) {
    if constexpr (std::is_void_v<R>) {
        return true;
    } else {
        return ((std::is_same_v<std::remove_cvref_t<Parameters>, std::vector<R>> ||
                 std::is_same_v<std::remove_cvref_t<Parameters>, Result<std::vector<R>>> ||
                 std::is_same_v<std::remove_cvref_t<Parameters>, Result<void>>) &&
                ...);
    }
}

}  // namespace parley::contract
