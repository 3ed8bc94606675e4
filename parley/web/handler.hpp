// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "parley/base/function.hpp"
#include "parley/web/handler_failure.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"

namespace parley {

/// Passes a request on to whatever is registered behind the handler that holds it.
///
/// Copy it anywhere and call it at once or later; only the first call of each handler's turn counts, and none after the
/// request was answered. Any thread.
class Next {
 public:
    void operator()() const;

 private:
    friend class web::RouteTable;
    Next(Response response, std::size_t position) : response_(std::move(response)), position_(position) {}

    Response response_;
    std::size_t position_;
};

namespace web {

/// What the router stores: every shape of handler brought to one.
using Handler = Function<void(Request&, Response&, Next&)>;
/// What answers for a handler that failed.
using ErrorHandler = Function<void(const HandlerFailure&, Request&, Response&)>;

// Calls a user's handler. One that returns something is refused: Express would pass over it, here a lambda that returns
// something on one path and nothing at its end is undefined behaviour.
template <typename F, typename... Args>
void call_handler(F& handler, Args&... args) {
    static_assert(std::is_void_v<std::invoke_result_t<F&, Args&...>>,
                  "parley: an HTTP handler returns nothing: it answers by its Response, as in "
                  "`return response.status(404).send(\"no\");`");
    static_cast<void>(handler(args...));
}

// Calls a handler with as much as it takes.
template <typename F>
void call_handler_as_it_is(F& handler, Request& request, Response& response, Next& next) {
    if constexpr (std::is_invocable_v<F&, Request&, Response&, Next&>) {
        call_handler(handler, request, response, next);
    } else if constexpr (std::is_invocable_v<F&, Request&, Response&>) {
        call_handler(handler, request, response);
    } else if constexpr (std::is_invocable_v<F&, Response&, Next&>) {
        call_handler(handler, response, next);
    } else {
        call_handler(handler, response);
    }
}

// A concept, because its `||` asks no further once it is satisfied: a generic function is only tried as a handler.
template <typename F>
concept TakesRequest =
    std::is_invocable_v<F&, Request&, Response&, Next&> || std::is_invocable_v<F&, Request&, Response&> ||
    std::is_invocable_v<F&, Response&, Next&> || std::is_invocable_v<F&, Response&>;

/// Brings a user's function to the stored shape; says in one sentence what shapes there are.
template <typename F>
Handler make_handler(F&& function) {
    using Callable = std::decay_t<F>;
    if constexpr (std::is_same_v<Callable, Handler>) {
        return std::forward<F>(function);
    } else if constexpr (is_member_pointer<F>) {
        refuse_member_pointer<F>();
        return {};
    } else {
        static_assert(
            TakesRequest<Callable>,
            "parley: an HTTP handler takes (Request&, Response), (Request&, Response, Next), (Response, Next) "
            "or (Response)");
        if constexpr (TakesRequest<Callable>) {
            if (is_empty_function<Callable>(function)) return {};
            return [callable = Callable(std::forward<F>(function))](Request& request, Response& response,
                                                                    Next& next) mutable {
                call_handler_as_it_is(callable, request, response, next);
            };
        }
        return {};
    }
}

template <typename Callable>
concept TakesFailure =
    !TakesRequest<Callable> && std::is_invocable_v<Callable&, const HandlerFailure&, Request&, Response&>;

/// The same for `use`, which takes handlers of failures, too.
template <typename F>
auto make_middleware(F&& function) {
    if constexpr (TakesFailure<std::decay_t<F>>) {
        return ErrorHandler(std::forward<F>(function));
    } else {
        return make_handler(std::forward<F>(function));
    }
}

}  // namespace web
}  // namespace parley
