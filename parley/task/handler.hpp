// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include "parley/contract/ack.hpp"
#include "parley/contract/handler.hpp"
#include "parley/json.hpp"
#include "parley/task/home.hpp"
#include "parley/task/task.hpp"

/// Handlers that are coroutines: what they return is the acknowledgement when they have come to their end.
namespace parley::task {

/// Begins `task` now; it goes on when the caller has returned.
void start(Home home, Task<void> task);

/// One call of a handler: the function and what it was called with, kept until the task is over that it has returned.
template <typename Own, typename F, typename... Parameters>
struct HandlerCall {
    explicit HandlerCall(std::shared_ptr<F> its_handler) : handler(std::move(its_handler)) {}

    bool fill(Own& invocation) {
        contract::ArgumentReader arguments = invocation.arguments();
        const bool fits = std::apply([&](auto&... slot) { return (slot.fill(invocation, arguments) && ...); }, slots);
        if (!fits) {
            invocation.report_mismatch(arguments.mismatch());
            return false;
        }
        std::apply([&](auto&... slot) { (slot.take(invocation), ...); }, slots);
        return true;
    }
    auto start() {
        return std::apply([this](auto&... slot) { return (*handler)(slot.pass()...); }, slots);
    }

    const std::shared_ptr<F> handler;
    std::tuple<contract::Slot<Own, Parameters>...> slots;
};

template <typename Call>
Task<void> run_call(std::unique_ptr<Call> call) {
    auto task = call->start();
    co_await task;
}

/// Answers with what the task returns.
template <typename Call>
Task<void> answer_call(std::unique_ptr<Call> call, Ack ack) {
    std::exception_ptr exception;
    try {
        auto task = call->start();
        auto result = co_await task;
        if constexpr (contract::is_result<decltype(result)>) {
            if (!result) {
                ack(Json::object({{"error", result.error().message}}));
            } else if constexpr (std::is_void_v<typename decltype(result)::value_type>) {
                ack();
            } else {
                ack(*result);
            }
        } else {
            ack(result);
        }
        co_return;
    } catch (...) {
        exception = std::current_exception();
    }
    ack(Json::object({{"error", contract::internal_error}}));
    std::rethrow_exception(exception);
}

template <typename R>
R result_of(const Task<R>&);

template <typename Own>
struct HandlerOf {
    template <typename F, typename... Parameters>
    static contract::EventHandler make(F&& callable, contract::Types<Parameters...>) {
        using Callable = std::decay_t<F>;
        using Call = HandlerCall<Own, Callable, Parameters...>;
        using Answer = decltype(result_of(std::declval<Call&>().start()));
        constexpr bool answers_itself = (contract::Slot<Own, Parameters>::is_ack || ...);
        return [handler = std::make_shared<Callable>(std::forward<F>(callable))](contract::Invocation& invocation) {
            auto& own = static_cast<Own&>(invocation);
            auto call = std::make_unique<Call>(handler);
            if (!call->fill(own)) return;
            if constexpr (answers_itself || std::is_void_v<Answer>) {
                start(own.task_home(), run_call(std::move(call)));
            } else {
                Ack ack = own.take_ack();
                start(own.task_home(), answer_call(std::move(call), std::move(ack)));
            }
        };
    }
};

}  // namespace parley::task
