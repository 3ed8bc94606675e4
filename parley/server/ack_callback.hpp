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
#include "parley/json.hpp"
#include "parley/server/arguments.hpp"
#include "parley/server/handler.hpp"
#include "parley/server/signature.hpp"

/// How a plain function becomes the callback of an emit that asks for an acknowledgement.
namespace parley::server::detail {

/// What arrives for an emit that asked one client: the arguments, or why there will be none.
struct AckOutcome {
    ArgumentReader* arguments = nullptr;  ///< null when there is an error
    const Error* error = nullptr;         ///< null when the client answered
    std::string mismatch;                 ///< set when the arguments do not fit a callback, which was then not called
};

/// What arrived for a broadcast that asked many: in the order of arrival, the first argument of each.
struct BroadcastOutcome {
    std::vector<Json> responses;
    const Error* error = nullptr;  ///< null when everybody answered
};

using AckCallback = Function<void(AckOutcome&)>;
using BroadcastCallback = Function<void(BroadcastOutcome&)>;

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

template <typename F, typename First, typename... Rest>
void deliver_outcome(F& callback, AckOutcome& outcome, Types<First, Rest...>) {
    deliver_outcome(callback, outcome, Slot<Rest>()...);
}

template <typename F, typename... Parameters>
void deliver(F& callback, AckOutcome& outcome, Types<Parameters...>) {
    deliver_values(callback, outcome, Slot<Parameters>()...);
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
    return ((Slot<Parameters>::is_argument && Slot<Parameters>::is_readable) && ...);
}

template <typename... Parameters>
constexpr bool takes_outcome(Types<Parameters...>) {
    return false;
}

template <typename First, typename Second, typename... Rest>
constexpr bool takes_outcome(Types<First, Second, Rest...>) {
    return std::is_same_v<std::remove_cvref_t<First>, Result<void>> && takes_values(Types<Second, Rest...>{});
}

template <typename Parameter>
auto first_of(Types<Parameter>) -> std::remove_cvref_t<Parameter>;

/// The callback for one client: takes the values of the acknowledgement, one `Result<T>`, or `Result<void>` and the
/// values.
template <typename F>
AckCallback adapt_ack_callback(F&& callable) {
    using Callable = std::decay_t<F>;
    using Parameters = typename Signature<Callable>::ParameterTypes;
    if constexpr (is_member_pointer<F>) {
        refuse_member_pointer<F>();
    } else if constexpr (!takes_rest_last(Parameters{})) {
        static_assert(takes_rest_last(Parameters{}),
                      "parley: Arguments are all that are left of an acknowledgement, so they are the last parameter");
    } else if constexpr (takes_result(Parameters{})) {
        if (is_empty_function<std::decay_t<F>>(callable)) return {};
        return [callable = std::forward<F>(callable)](AckOutcome& outcome) mutable {
            deliver_result<decltype(first_of(Parameters{}))>(callable, outcome);
        };
    } else if constexpr (takes_outcome(Parameters{})) {
        if (is_empty_function<std::decay_t<F>>(callable)) return {};
        return [callable = std::forward<F>(callable)](AckOutcome& outcome) mutable {
            deliver_outcome(callable, outcome, Parameters{});
        };
    } else if constexpr (takes_values(Parameters{})) {
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

template <typename>
struct BroadcastAnswers {
    static constexpr bool known = false;
};
template <typename T>
struct BroadcastAnswers<std::vector<T>> {
    static constexpr bool known = Readable<T>;
    using Value = T;
};

// The answers as `T`; those that are something else are left out and make an error.
template <typename T>
Result<std::vector<T>> convert_answers(BroadcastOutcome& outcome, std::vector<T>& values) {
    bool fits = true;
    for (Json& response : outcome.responses) {
        if constexpr (std::is_same_v<T, Json>) {
            values.push_back(std::move(response));
        } else if (auto value = response.get<T>()) {
            values.push_back(*std::move(value));
        } else {
            fits = false;
        }
    }
    if (outcome.error != nullptr) return std::unexpected(*outcome.error);
    if (!fits) return std::unexpected(Error{ErrorCode::invalid_input, "an answer is not of the expected type"});
    return {};
}

template <typename F, typename Parameter>
BroadcastCallback adapt_broadcast_callback(F&& callable, Types<Parameter>) {
    using Value = std::remove_cvref_t<Parameter>;
    if constexpr (is_result<Value>) {
        using T = typename BroadcastAnswers<typename Value::value_type>::Value;
        if (is_empty_function<std::decay_t<F>>(callable)) return {};
        return [callable = std::forward<F>(callable)](BroadcastOutcome& outcome) mutable {
            std::vector<T> values;
            Value result = convert_answers(outcome, values);
            if (result) result = std::move(values);
            call_for_effect(callable, std::move(result));
        };
    } else {
        using T = typename BroadcastAnswers<Value>::Value;
        if (is_empty_function<std::decay_t<F>>(callable)) return {};
        return [callable = std::forward<F>(callable)](BroadcastOutcome& outcome) mutable {
            std::vector<T> values;
            static_cast<void>(convert_answers(outcome, values));
            call_for_effect(callable, std::move(values));
        };
    }
}

template <typename F, typename First, typename Second>
BroadcastCallback adapt_broadcast_callback(F&& callable, Types<First, Second>) {
    using T = typename BroadcastAnswers<std::remove_cvref_t<Second>>::Value;
    if (is_empty_function<std::decay_t<F>>(callable)) return {};
    return [callable = std::forward<F>(callable)](BroadcastOutcome& outcome) mutable {
        std::vector<T> values;
        Result<std::vector<T>> result = convert_answers(outcome, values);
        if (result) {
            call_for_effect(callable, Result<void>(), std::move(values));
        } else {
            call_for_effect(callable, Result<void>(std::unexpected(std::move(result.error()))), std::move(values));
        }
    };
}

template <typename>
inline constexpr bool is_answers_result = false;
template <typename T>
inline constexpr bool is_answers_result<std::expected<T, Error>> = BroadcastAnswers<T>::known;

template <typename>
inline constexpr bool is_broadcast_callback = false;
template <typename P>
inline constexpr bool is_broadcast_callback<Types<P>> =
    BroadcastAnswers<std::remove_cvref_t<P>>::known || is_answers_result<std::remove_cvref_t<P>>;
template <typename P, typename Q>
inline constexpr bool is_broadcast_callback<Types<P, Q>> =
    std::is_same_v<std::remove_cvref_t<P>, Result<void>> && BroadcastAnswers<std::remove_cvref_t<Q>>::known;

/// The callback for many clients: takes all answers as `std::vector<T>`, as `Result<std::vector<T>>`, or as
/// `Result<void>` and `std::vector<T>`, which also has the answers that came before the deadline.
template <typename F>
BroadcastCallback adapt_broadcast_callback(F&& callable) {
    using Parameters = typename Signature<std::decay_t<F>>::ParameterTypes;
    if constexpr (is_member_pointer<F>) {
        refuse_member_pointer<F>();
    } else if constexpr (is_broadcast_callback<Parameters>) {
        return adapt_broadcast_callback(std::forward<F>(callable), Parameters{});
    } else {
        static_assert(is_broadcast_callback<Parameters>,
                      "parley: the callback of a broadcast takes std::vector<T>, Result<std::vector<T>>, or "
                      "(Result<void>, std::vector<T>)");
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
           std::is_same_v<typename Slot<Parameter>::Stored, R>;
}
template <typename R, typename First, typename Second>
constexpr bool takes_answer_of(Types<First, Second>) {
    return std::is_same_v<std::remove_cvref_t<First>, Result<void>> && std::is_same_v<typename Slot<Second>::Stored, R>;
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

}  // namespace parley::server::detail
