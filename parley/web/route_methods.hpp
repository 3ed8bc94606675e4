// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/base/octets.hpp"
#include "parley/web/handler.hpp"
#include "parley/web/route_body.hpp"
#include "parley/web/static_options.hpp"

namespace parley {

class Router;

namespace web {

/// What serves the files of a directory beneath the path that it is registered for. Throws SetupError without one.
[[nodiscard]] Handler make_static_handler(TextView directory, const StaticOptions& options);

/// How handlers are registered, for `Application` and `Router` alike. `Self` has `add_route`, `add_middleware` and
/// `add_router`.
template <typename Self>
class RouteMethods {
 public:
    /// Registers handlers for a method and a pattern. Each takes `(Request&, Response)`, `(Request&, Response, Next)`
    /// or `(Response)`. Throws SetupError if the pattern is none, and for a function that is empty, as `use` does. A
    /// `WholeBody` or `StreamedBody` may stand in front of them.
    template <typename... Handlers>
    Self& get(TextView pattern, Handlers&&... handlers) {
        return add_routes("GET", pattern, std::forward<Handlers>(handlers)...);
    }
    template <typename... Handlers>
    Self& head(TextView pattern, Handlers&&... handlers) {
        return add_routes("HEAD", pattern, std::forward<Handlers>(handlers)...);
    }
    template <typename... Handlers>
    Self& post(TextView pattern, Handlers&&... handlers) {
        return add_routes("POST", pattern, std::forward<Handlers>(handlers)...);
    }
    template <typename... Handlers>
    Self& put(TextView pattern, Handlers&&... handlers) {
        return add_routes("PUT", pattern, std::forward<Handlers>(handlers)...);
    }
    template <typename... Handlers>
    Self& patch(TextView pattern, Handlers&&... handlers) {
        return add_routes("PATCH", pattern, std::forward<Handlers>(handlers)...);
    }
    /// DELETE, a word that C++ has taken.
    template <typename... Handlers>
    Self& del(TextView pattern, Handlers&&... handlers) {
        return add_routes("DELETE", pattern, std::forward<Handlers>(handlers)...);
    }
    template <typename... Handlers>
    Self& options(TextView pattern, Handlers&&... handlers) {
        return add_routes("OPTIONS", pattern, std::forward<Handlers>(handlers)...);
    }
    /// Any method.
    template <typename... Handlers>
    Self& all(TextView pattern, Handlers&&... handlers) {
        return add_routes("", pattern, std::forward<Handlers>(handlers)...);
    }

    /// Registers middlewares for every request, or for a path and all that is beneath it: `use(log, count)`,
    /// `use("/api", check)`. Each takes what a handler of a route takes, and answers or calls `next()`. A `Router` may
    /// stand where a middleware may: `use("/api", check, users)`.
    ///
    /// One that takes `(const HandlerFailure&, Request&, Response)` answers instead of the plain text for every handler
    /// that failed, wherever that was registered, and for what no handler answers: 404, 413 for a body that is too
    /// long, 400 for a path that cannot be decoded (what is no HTTP at all never becomes a request). Of several the
    /// first whose path matches. The status is set already, and headers that were set before are there, but for those
    /// that describe a body. If it fails itself, the plain 500 is sent.
    template <typename First, typename... Rest>
    Self& use(First&& first, Rest&&... rest) {
        if constexpr (std::is_convertible_v<First, std::string_view>) {
            static_assert(sizeof...(Rest) > 0, "parley: use() needs a middleware");
            const TextView prefix(first);
            (add(prefix, std::forward<Rest>(rest)), ...);
        } else {
            add("/", std::forward<First>(first));
            (add("/", std::forward<Rest>(rest)), ...);
        }
        return self();
    }

    /// Serves the files of a directory, at the root or under a prefix. What is not there goes on to the next handler.
    /// Throws SetupError if there is no such directory.
    Self& serve_static(TextView directory) { return serve_static("/", directory, {}); }
    Self& serve_static(TextView directory, const StaticOptions& options) {
        return serve_static("/", directory, options);
    }
    Self& serve_static(TextView prefix, TextView directory, const StaticOptions& options = {}) {
        self().add_middleware(prefix, make_static_handler(directory, options));
        return self();
    }

 private:
    friend Self;
    RouteMethods() = default;

    [[nodiscard]] Self& self() { return static_cast<Self&>(*this); }
    template <typename... Handlers>
    Self& add_routes(std::string_view method, TextView pattern, Handlers&&... handlers) {
        return add_handlers({method, pattern}, std::forward<Handlers>(handlers)...);
    }
    template <typename Body, typename... Handlers>
        requires std::is_constructible_v<BodyRule, Body>
    Self& add_routes(std::string_view method, TextView pattern, Body&& body, Handlers&&... handlers) {
        return add_handlers({method, pattern, BodyRule(std::forward<Body>(body))}, std::forward<Handlers>(handlers)...);
    }
    template <typename... Handlers>
    Self& add_handlers(const Route& route, Handlers&&... handlers) {
        static_assert(sizeof...(Handlers) > 0, "parley: a route needs a handler");
        (self().add_route(route, make_handler(std::forward<Handlers>(handlers))), ...);
        return self();
    }
    template <typename F>
    void add(TextView prefix, F&& function) {
        if constexpr (std::is_same_v<std::decay_t<F>, Router>) {
            static_assert(!std::is_const_v<std::remove_reference_t<F>>,
                          "parley: use() takes what a Router has: it cannot be const");
            self().add_router(prefix, function);
        } else {
            self().add_middleware(prefix, make_middleware(std::forward<F>(function)));
        }
    }
};

}  // namespace web
}  // namespace parley
